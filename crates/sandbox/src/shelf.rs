//! Where objects are kept: those used lately as trees, the others as text, which takes a fifth of the space.
//!
//! An object is thawed when somebody looks at it and frozen again some time after. Looking for a text in a frozen object
//! needs no thawing, so a filtered list over many objects stays cheap.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap, VecDeque};

use serde_json::{Map, Value};

/// Objects kept as trees.
const WARM: usize = 1000;

#[derive(Debug)]
struct Stored {
    noun: &'static str,
    sequence: u64,
    thawed: OnceCell<Value>,
    /// Absent while the object has been changed since it was thawed.
    frozen: Option<Box<str>>,
}

impl Stored {
    /// False only if the object surely has none of the texts.
    fn may_hold(&self, needles: &[String]) -> bool {
        match (&self.frozen, self.thawed.get()) {
            (Some(text), None) => needles.iter().all(|needle| text.contains(needle.as_str())),
            _ => true,
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Shelf {
    objects: HashMap<String, Stored>,
    order: HashMap<&'static str, BTreeMap<u64, String>>,
    /// The thawed ones, in the order in which they were thawed.
    warm: RefCell<VecDeque<String>>,
}

impl Shelf {
    pub(crate) fn insert(&mut self, noun: &'static str, id: &str, sequence: u64, value: Value) {
        self.order.entry(noun).or_default().insert(sequence, id.to_owned());
        self.place(noun, id, sequence, value);
    }

    fn place(&mut self, noun: &'static str, id: &str, sequence: u64, value: Value) {
        self.warm.get_mut().push_back(id.to_owned());
        let stored = Stored {
            noun,
            sequence,
            thawed: OnceCell::from(value),
            frozen: None,
        };
        self.objects.insert(id.to_owned(), stored);
    }

    pub(crate) fn get(&self, id: &str) -> Option<(&'static str, &Value)> {
        self.objects.get(id).map(|stored| (stored.noun, self.thaw(id, stored)))
    }

    fn thaw<'a>(&self, id: &str, stored: &'a Stored) -> &'a Value {
        stored.thawed.get_or_init(|| {
            self.warm.borrow_mut().push_back(id.to_owned());
            stored
                .frozen
                .as_deref()
                .and_then(|text| serde_json::from_str(text).ok())
                .unwrap_or_default()
        })
    }

    pub(crate) fn update(&mut self, id: &str, change: impl FnOnce(&mut Map<String, Value>)) {
        if self.get(id).is_none() {
            return;
        }
        if let Some(stored) = self.objects.get_mut(id)
            && let Some(Value::Object(object)) = stored.thawed.get_mut()
        {
            stored.frozen = None;
            change(object);
        }
    }

    /// Takes an object out of every list; `replacement` is what its id answers with from now on.
    pub(crate) fn remove(&mut self, id: &str, replacement: Option<Value>) {
        let Some(stored) = self.objects.remove(id) else { return };
        if let Some(order) = self.order.get_mut(stored.noun) {
            order.remove(&stored.sequence);
        }
        if let Some(value) = replacement {
            self.place(stored.noun, id, stored.sequence, value);
        }
    }

    /// The objects under a noun, newest first, without those that surely lack one of the texts.
    pub(crate) fn newest_first<'a>(&'a self, noun: &str, needles: &[String]) -> impl Iterator<Item = &'a Value> {
        let ids = self.order.get(noun).into_iter().flat_map(|order| order.values().rev());
        ids.filter_map(move |id| self.chosen(id, needles))
    }

    /// Those on one side of an object, nearest first: older ones, or newer ones.
    pub(crate) fn beside<'a>(
        &'a self,
        noun: &str,
        id: &str,
        newer: bool,
        needles: &'a [String],
    ) -> Option<Box<dyn Iterator<Item = &'a Value> + 'a>> {
        let sequence = self.objects.get(id).filter(|stored| stored.noun == noun)?.sequence;
        let order = self.order.get(noun)?;
        let chosen = move |(_, id): (&u64, &'a String)| self.chosen(id, needles);
        Some(if newer {
            Box::new(order.range(sequence + 1..).filter_map(chosen))
        } else {
            Box::new(order.range(..sequence).rev().filter_map(chosen))
        })
    }

    fn chosen(&self, id: &str, needles: &[String]) -> Option<&Value> {
        let stored = self.objects.get(id).filter(|stored| stored.may_hold(needles))?;
        Some(self.thaw(id, stored))
    }

    /// Freezes what has not been used lately.
    pub(crate) fn cool(&mut self) {
        while self.warm.get_mut().len() > WARM {
            let Some(id) = self.warm.get_mut().pop_front() else {
                return;
            };
            if let Some(stored) = self.objects.get_mut(&id)
                && let Some(value) = stored.thawed.take()
                && stored.frozen.is_none()
            {
                stored.frozen = Some(value.to_string().into_boxed_str());
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.objects.len()
    }

    /// Every object with its noun, in the order in which they were made.
    pub(crate) fn all(&self) -> Vec<(&'static str, &Value)> {
        let mut ids: Vec<(&String, &Stored)> = self.objects.iter().collect();
        ids.sort_by_key(|(_, stored)| stored.sequence);
        ids.into_iter()
            .map(|(id, stored)| (stored.noun, self.thaw(id, stored)))
            .collect()
    }
}
