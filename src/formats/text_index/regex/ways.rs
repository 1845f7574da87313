//! The ways in which an expression can be found: each a row of letters and signs in turn, between what can be anything.

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look, Repetition};

/// Ways that are told apart; beyond them a part of the expression may stand for anything.
const MAX_WAYS: usize = 64;

/// The largest class of which each letter is looked at.
const MAX_CLASS: u32 = 4_000;

/// The most times that something is written out.
const MAX_TIMES: u32 = 4;

/// A piece of what is found.
#[derive(Clone, Debug)]
pub enum Item {
    /// One letter or digit at least, and nothing else.
    Letters(Hir),
    /// One sign or space at least, and nothing else.
    Signs(Hir),
    /// The beginning of the text.
    Start,
    /// Its end.
    End,
    /// Where a letter and a sign meet.
    Edge,
    /// Whatever there is, nothing too.
    Gap,
}

/// What is found in a row.
pub type Way = Vec<Item>;

/// What an expression can be found as; whether that rests on which letters are words, which expressions see
/// otherwise than the dictionary in some texts.
pub struct Ways {
    /// One of these.
    pub ways: Vec<Way>,
    /// It rests on that.
    pub joins: bool,
}

/// The ways in which an expression can be found.
pub fn ways(hir: &Hir) -> Ways {
    let mut own = Ways { ways: Vec::new(), joins: false };
    own.ways = own.of(hir);
    own
}

/// What a class or a piece consists of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letters,
    Signs,
    Both,
}

impl Ways {
    fn of(&mut self, hir: &Hir) -> Vec<Way> {
        let nothing = || vec![Vec::new()];
        match self.kind(hir) {
            Some(kind @ (Kind::Letters | Kind::Signs)) => {
                let item = if kind == Kind::Letters { Item::Letters } else { Item::Signs };
                let found = vec![item(hir.clone())];
                return if hir.properties().minimum_len() == Some(0) {
                    vec![Vec::new(), found]
                } else {
                    vec![found]
                };
            }
            Some(Kind::Both) | None => {}
        }
        match hir.kind() {
            HirKind::Empty => nothing(),
            HirKind::Literal(text) => {
                std::str::from_utf8(&text.0).map_or_else(|_| gap(), |text| vec![runs(text)])
            }
            HirKind::Class(class) => self.halves(class).unwrap_or_else(gap),
            HirKind::Look(Look::Start) => vec![vec![Item::Start]],
            HirKind::Look(Look::End) => vec![vec![Item::End]],
            HirKind::Look(Look::WordUnicode) => {
                self.joins = true;
                vec![vec![Item::Edge]]
            }
            HirKind::Look(_) => gap(),
            HirKind::Repetition(repetition) => self.times(repetition),
            HirKind::Capture(capture) => self.of(&capture.sub),
            HirKind::Concat(parts) => {
                let mut all = nothing();
                for part in parts {
                    let own = self.of(part);
                    all = product(&all, &own);
                }
                all
            }
            HirKind::Alternation(parts) => {
                let all: Vec<Way> = parts.iter().flat_map(|part| self.of(part)).collect();
                if all.len() > MAX_WAYS { gap() } else { all }
            }
        }
    }

    fn times(&mut self, repetition: &Repetition) -> Vec<Way> {
        let own = self.of(&repetition.sub);
        let exact = repetition.max.filter(|max| *max <= MAX_TIMES);
        let mut all = Vec::new();
        let mut so_far = vec![Vec::new()];
        for times in 0..=exact.unwrap_or(repetition.min.min(MAX_TIMES)) {
            if times >= repetition.min || exact.is_none() && times == MAX_TIMES.min(repetition.min) {
                all.extend(so_far.iter().cloned());
            }
            so_far = product(&so_far, &own);
        }
        if exact.is_none() {
            // It may go on, and ends with one more.
            all.extend(product(&product(&all, &gap()), &own));
        }
        if all.len() > MAX_WAYS { gap() } else { all }
    }

    /// What a piece consists of; nothing where that can't be told, or where it is nothing itself.
    fn kind(&mut self, hir: &Hir) -> Option<Kind> {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => None,
            HirKind::Literal(text) => {
                let text = std::str::from_utf8(&text.0).ok()?;
                Some(both(text.chars().map(|c| (c, c))))
            }
            HirKind::Class(class) => self.kind_of_class(class),
            HirKind::Repetition(repetition) => self.kind(&repetition.sub),
            HirKind::Capture(capture) => self.kind(&capture.sub),
            HirKind::Concat(parts) | HirKind::Alternation(parts) => {
                let mut kinds = parts.iter().filter(|part| !matches!(part.kind(), HirKind::Empty));
                let first = self.kind(kinds.next()?)?;
                let same = kinds.all(|part| self.kind(part) == Some(first));
                Some(if same { first } else { Kind::Both })
            }
        }
    }

    fn kind_of_class(&mut self, class: &Class) -> Option<Kind> {
        match class {
            Class::Unicode(class) if size(class) <= MAX_CLASS => {
                Some(both(class.ranges().iter().map(|range| (range.start(), range.end()))))
            }
            Class::Unicode(class) => {
                let words = word_class()?;
                let mut others = words.clone();
                others.negate();
                let is_in = |outer: &ClassUnicode| {
                    let mut rest = class.clone();
                    rest.difference(outer);
                    rest.ranges().is_empty()
                };
                let kind = if is_in(&words) {
                    Kind::Letters
                } else if is_in(&others) {
                    Kind::Signs
                } else {
                    return Some(Kind::Both);
                };
                self.joins = true;
                Some(kind)
            }
            Class::Bytes(class) => {
                let ranges = class.ranges().iter();
                ranges
                    .clone()
                    .all(|range| range.end() < 128)
                    .then(|| both(ranges.map(|range| (char::from(range.start()), char::from(range.end())))))
            }
        }
    }

    /// A class of letters and signs, as one of letters and one of signs.
    fn halves(&mut self, class: &Class) -> Option<Vec<Way>> {
        let Class::Unicode(class) = class else { return None };
        if size(class) > MAX_CLASS {
            return None;
        }
        let all = || class.ranges().iter().flat_map(|range| range.start()..=range.end());
        let half = |letters: bool| {
            let own = all().filter(|c| c.is_alphanumeric() == letters);
            let ranges = own.map(|c| ClassUnicodeRange::new(c, c));
            Hir::class(Class::Unicode(ClassUnicode::new(ranges)))
        };
        Some(vec![vec![Item::Letters(half(true))], vec![Item::Signs(half(false))]])
    }
}

fn gap() -> Vec<Way> {
    vec![vec![Item::Gap]]
}

fn product(all: &[Way], own: &[Way]) -> Vec<Way> {
    if all.len() * own.len() > MAX_WAYS {
        return gap();
    }
    let each =
        all.iter().flat_map(|before| own.iter().map(move |behind| [before.as_slice(), behind].concat()));
    each.collect()
}

fn runs(text: &str) -> Way {
    let chars: Vec<char> = text.chars().collect();
    let runs = chars.chunk_by(|a, b| a.is_alphanumeric() == b.is_alphanumeric());
    let item = |run: &[char]| {
        let text: String = run.iter().collect();
        let hir = Hir::literal(text.into_bytes());
        if run.iter().all(|c| c.is_alphanumeric()) { Item::Letters(hir) } else { Item::Signs(hir) }
    };
    runs.map(item).collect()
}

fn both(ranges: impl Iterator<Item = (char, char)>) -> Kind {
    let (mut letters, mut signs) = (false, false);
    for c in ranges.flat_map(|(start, end)| start..=end) {
        if c.is_alphanumeric() { letters = true } else { signs = true }
    }
    match (letters, signs) {
        (true, false) => Kind::Letters,
        (false, true) => Kind::Signs,
        (true, true) | (false, false) => Kind::Both,
    }
}

fn size(class: &ClassUnicode) -> u32 {
    let of = |range: &ClassUnicodeRange| (range.end() as u32).saturating_sub(range.start() as u32) + 1;
    class.ranges().iter().map(of).fold(0, u32::saturating_add)
}

fn word_class() -> Option<ClassUnicode> {
    match regex_syntax::parse(r"\w").ok()?.into_kind() {
        HirKind::Class(Class::Unicode(class)) => Some(class),
        HirKind::Class(Class::Bytes(_))
        | HirKind::Empty
        | HirKind::Literal(_)
        | HirKind::Look(_)
        | HirKind::Repetition(_)
        | HirKind::Capture(_)
        | HirKind::Concat(_)
        | HirKind::Alternation(_) => None,
    }
}
