//! Words: how a status or a kind is written in the store, on the wire and on pages.
//!
//! One table for each enum, and both directions from it. A variant without a word does not compile.

/// Gives an enum its words: `ALL`, `word` and `of_word`.
macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal,)+ }) => {
        impl $name {
            /// Every value, in its order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word it is stored and shown under.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The value of a stored word.
            pub fn of_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

pub(crate) use words;
