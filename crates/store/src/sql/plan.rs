//! The rewriting of one statement for one engine.

use super::one_row::{of_one_row, verb_to_fail};
use super::{Token, scan};
use crate::{Error, Result, Value};

/// Which database a text is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// The type of one column of a `rows(…)` mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Bigint,
    Bytea,
}

impl Kind {
    fn of(word: &str) -> Option<Self> {
        [Self::Text, Self::Bigint, Self::Bytea]
            .into_iter()
            .find(|kind| kind.name().eq_ignore_ascii_case(word))
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Bigint => "bigint",
            Self::Bytea => "bytea",
        }
    }
}

/// What the caller gives for one `$n`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Parameter {
    /// One value.
    Scalar,
    /// The columns of a set of rows.
    Rows(Vec<(String, Kind)>),
}

/// A statement, ready for one engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The engine's own text. Its parameters are numbered through: a scalar takes one number, a set of rows one per column.
    pub(crate) text: String,
    /// What the caller gives, `$1` first.
    pub(crate) parameters: Vec<Parameter>,
}

impl Plan {
    /// Rewrites a statement, or says what is wrong with its marks.
    pub(crate) fn of(sql: &str, engine: Engine) -> Result<Self> {
        let tokens = scan(sql)?;
        let pieces = pieces(&tokens).map_err(|what| Error::Engine(format!("{what} in: {sql}")))?;
        let parameters = parameters(&pieces).map_err(|what| Error::Engine(format!("{what} in: {sql}")))?;
        let starts = first_numbers(&parameters);
        let pieces = match engine {
            Engine::Sqlite => of_one_row(pieces, &starts),
            Engine::Postgres => pieces,
        };
        let mut text = String::with_capacity(sql.len() + 64);
        let over_rows = parameters
            .iter()
            .any(|parameter| matches!(parameter, Parameter::Rows(_)));
        let verb = verb_to_fail(&pieces, engine, over_rows);
        for (index, piece) in pieces.iter().enumerate() {
            piece.write(engine, &starts, &mut text);
            if verb == Some(index) {
                text.push_str(" or fail");
            }
        }
        Ok(Self { text, parameters })
    }

    /// The set of rows among the values, with the number of its parameter counted from 0.
    ///
    /// Also checks that the values are what the statement asks for, so that neither engine has to guess.
    pub(crate) fn check<'v>(&self, values: &'v [Value]) -> Result<Option<(usize, &'v crate::Rows)>> {
        if values.len() != self.parameters.len() {
            return Err(self.refusal(&format!(
                "{} parameters are given and {} are asked for",
                values.len(),
                self.parameters.len()
            )));
        }
        let mut set = None;
        for (index, (parameter, value)) in self.parameters.iter().zip(values).enumerate() {
            match (parameter, value) {
                (Parameter::Rows(columns), Value::Rows(rows)) => {
                    if !rows.is_empty() && rows.width() != Some(columns.len()) {
                        return Err(self.refusal("rows are given whose width is not that of the rows(…) mark"));
                    }
                    set = Some((index, rows));
                }
                (Parameter::Scalar, Value::Text(text)) => refuse_zero_byte(text)?,
                (Parameter::Scalar, Value::Null | Value::Int(_) | Value::Blob(_)) => {}
                (Parameter::Rows(_), _) => return Err(self.refusal("one value is given for a rows(…) mark")),
                (Parameter::Scalar, Value::Rows(_)) => {
                    return Err(self.refusal("rows are given for a single parameter"));
                }
            }
        }
        Ok(set)
    }

    fn refusal(&self, what: &str) -> Error {
        Error::Engine(format!("{what} in: {}", self.text))
    }
}

/// One engine cannot store a zero byte in a text, so neither does.
pub(crate) fn refuse_zero_byte(text: &str) -> Result<()> {
    if text.as_bytes().contains(&0) {
        return Err(Error::Unstorable("a text with a zero byte cannot be stored".into()));
    }
    Ok(())
}

/// A statement cut at its marks.
#[derive(Clone)]
pub(super) enum Piece<'a> {
    Text(Token<'a>),
    ForUpdate(&'a [Token<'a>]),
    Rows {
        number: usize,
        columns: Vec<(String, Kind)>,
        /// Whether `on conflict` follows: one engine would read its `on` as a join's.
        before_conflict: bool,
    },
    /// A field of the row at hand, by its number.
    Field(usize),
}

impl Piece<'_> {
    pub(super) fn is(&self, word: &str) -> bool {
        matches!(self, Piece::Text(token) if token.is(word))
    }

    fn write(&self, engine: Engine, starts: &[usize], text: &mut String) {
        match (self, engine) {
            (Piece::Text(Token::Parameter(number)), Engine::Sqlite) => {
                push(text, &["?", &starts[*number - 1].to_string()]);
            }
            (Piece::Text(Token::Parameter(number)), Engine::Postgres) => {
                push(text, &["$", &starts[*number - 1].to_string()]);
            }
            (
                Piece::Text(
                    Token::Word(other)
                    | Token::Number(other)
                    | Token::Blank(other)
                    | Token::Quoted(other)
                    | Token::Sign(other),
                ),
                _,
            ) => text.push_str(other),
            (Piece::Field(number), _) => push(text, &["?", &number.to_string()]),
            (Piece::ForUpdate(_), Engine::Sqlite) => {}
            (Piece::ForUpdate(tokens), Engine::Postgres) => {
                for token in *tokens {
                    Piece::Text(*token).write(engine, starts, text);
                }
            }
            (
                Piece::Rows {
                    number,
                    columns,
                    before_conflict,
                },
                engine,
            ) => {
                let first = starts[*number - 1];
                let numbered = columns
                    .iter()
                    .enumerate()
                    .map(|(index, column)| (first + index, column));
                match engine {
                    Engine::Sqlite => {
                        let list: Vec<_> = numbered.map(|(n, (name, _))| format!("?{n} as {name}")).collect();
                        push(text, &["(select ", &list.join(", "), ") as r"]);
                        if *before_conflict {
                            text.push_str(" where true");
                        }
                    }
                    Engine::Postgres => {
                        // Texts sort by their bytes, as the columns do that they are compared with.
                        let list: Vec<_> = numbered
                            .map(|(n, (_, kind))| match kind {
                                Kind::Text => format!("${n}::text[] collate \"C\""),
                                Kind::Bigint | Kind::Bytea => format!("${n}::{}[]", kind.name()),
                            })
                            .collect();
                        let names: Vec<_> = columns.iter().map(|(name, _)| name.as_str()).collect();
                        push(text, &["unnest(", &list.join(", "), ") as r(", &names.join(", "), ")"]);
                    }
                }
            }
        }
    }
}

fn push(text: &mut String, parts: &[&str]) {
    for part in parts {
        text.push_str(part);
    }
}

type Marked<T> = std::result::Result<T, String>;

fn pieces<'a>(tokens: &'a [Token<'a>]) -> Marked<Vec<Piece<'a>>> {
    let mut pieces = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let mut reader = Reader { tokens, at: at + 1 };
        if token.is("for") && reader.word("update") {
            let mut end = reader.at;
            if reader.word("skip") {
                if !reader.word("locked") {
                    return Err("`for update skip` is not followed by `locked`".into());
                }
                end = reader.at;
            }
            pieces.push(Piece::ForUpdate(&tokens[at..end]));
            at = end;
        } else if token.is("rows") && reader.sign("(") {
            let (number, columns) = rows_mark(&mut reader)?;
            at = reader.at;
            let before_conflict = reader.word("on") && reader.word("conflict");
            pieces.push(Piece::Rows {
                number,
                columns,
                before_conflict,
            });
        } else {
            pieces.push(Piece::Text(*token));
            at += 1;
        }
    }
    Ok(pieces)
}

/// Reads `$n: name type, …)` behind `rows(`.
fn rows_mark(reader: &mut Reader<'_>) -> Marked<(usize, Vec<(String, Kind)>)> {
    let Some(Token::Parameter(number)) = reader.next() else {
        return Err("`rows(` is not followed by a parameter".into());
    };
    if !reader.sign(":") {
        return Err(format!("`rows(${number}` is not followed by `:`"));
    }
    let mut columns: Vec<(String, Kind)> = Vec::new();
    loop {
        let (Some(Token::Word(name)), Some(Token::Word(kind))) = (reader.next(), reader.next()) else {
            return Err(format!("the columns of `rows(${number}: …)` are not `name type, …`"));
        };
        let Some(kind) = Kind::of(kind) else {
            return Err(format!(
                "the column {name} of `rows(${number}: …)` is neither text, bigint nor bytea"
            ));
        };
        if columns.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)) {
            return Err(format!("the column {name} of `rows(${number}: …)` is there twice"));
        }
        columns.push((name.to_owned(), kind));
        if reader.sign(")") {
            return Ok((number, columns));
        }
        if !reader.sign(",") {
            return Err(format!("`rows(${number}: …` is not closed"));
        }
    }
}

/// Steps through tokens, over what is blank.
struct Reader<'a> {
    tokens: &'a [Token<'a>],
    at: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let token = *self.tokens.get(self.at)?;
            self.at += 1;
            if !matches!(token, Token::Blank(_)) {
                return Some(token);
            }
        }
    }

    fn accept(&mut self, wanted: impl Fn(&Token<'_>) -> bool) -> bool {
        let before = self.at;
        if self.next().is_some_and(|token| wanted(&token)) {
            return true;
        }
        self.at = before;
        false
    }

    fn word(&mut self, word: &str) -> bool {
        self.accept(|token| token.is(word))
    }

    fn sign(&mut self, sign: &str) -> bool {
        self.accept(|token| *token == Token::Sign(sign))
    }
}

/// The parameters, `$1` first; each must be used, and a set of rows in one place only.
fn parameters(pieces: &[Piece<'_>]) -> Marked<Vec<Parameter>> {
    let mut found: Vec<Option<Parameter>> = Vec::new();
    let mut sets = 0;
    for piece in pieces {
        let (number, parameter) = match piece {
            Piece::Text(Token::Parameter(number)) => (*number, Parameter::Scalar),
            Piece::Rows { number, columns, .. } => {
                sets += 1;
                (*number, Parameter::Rows(columns.clone()))
            }
            Piece::Text(_) | Piece::ForUpdate(_) | Piece::Field(_) => continue,
        };
        if found.len() < number {
            found.resize(number, None);
        }
        match &found[number - 1] {
            Some(known) if *known != parameter => {
                return Err(format!("${number} is used both as a set of rows and as a value"));
            }
            _ => found[number - 1] = Some(parameter),
        }
    }
    if sets > 1 {
        return Err("more than one rows(…) mark stands".into());
    }
    let missing = |index: usize| format!("${} is never used", index + 1);
    found
        .into_iter()
        .enumerate()
        .map(|(index, parameter)| parameter.ok_or_else(|| missing(index)))
        .collect()
}

/// The engine's number of each parameter's first value.
fn first_numbers(parameters: &[Parameter]) -> Vec<usize> {
    let mut next = 1;
    let mut first = |parameter: &Parameter| {
        let first = next;
        next += match parameter {
            Parameter::Scalar => 1,
            Parameter::Rows(columns) => columns.len(),
        };
        first
    };
    parameters.iter().map(&mut first).collect()
}
