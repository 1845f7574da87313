//! A link in virtual time: requests wait for their round trips, bodies share a bandwidth, and connections are
//! as many as a browser opens.

use std::collections::{BTreeMap, VecDeque};

/// What a link is like.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// How long an answer takes to begin, in seconds.
    pub latency: f64,
    /// Body bytes a second, shared by all answers.
    pub bytes_per_second: f64,
    /// Requests that are on their way at a time; the others wait in the browser.
    pub at_a_time: usize,
}

/// The bytes that pass before another answer has its turn.
const TURN_BYTES: u64 = 16 << 10;

/// What happens next.
#[derive(Debug, PartialEq, Eq)]
pub enum Arrival<Id> {
    /// The answer to a request begins.
    Began(Id),
    /// So many bytes of its body have come, and whether these were the last ones.
    Bytes(Id, u64, bool),
}

#[derive(Debug)]
struct Body<Id> {
    id: Id,
    left: u64,
}

/// All requests of a visit.
#[derive(Debug)]
pub struct Network<Id> {
    link: Link,
    /// Seconds since the beginning.
    pub now: f64,
    /// Requests that have no connection yet: body bytes, and round trips before it begins.
    queued: VecDeque<(Id, u64, u32)>,
    /// Requests on their way: when their answer begins, and how long its body is.
    waiting: BTreeMap<Id, (f64, u64)>,
    /// Bodies on their way, the one whose turn it is first.
    bodies: VecDeque<Body<Id>>,
    /// When the piece that is passing now is through.
    passes_until: Option<f64>,
}

impl<Id: Copy + Ord> Network<Id> {
    /// Nothing is asked for yet.
    pub fn new(link: Link) -> Self {
        Self {
            link,
            now: 0.0,
            queued: VecDeque::new(),
            waiting: BTreeMap::new(),
            bodies: VecDeque::new(),
            passes_until: None,
        }
    }

    /// Asks for something of so many bytes that takes so many round trips to begin.
    pub fn ask(&mut self, id: Id, bytes: u64, trips: u32) {
        self.queued.push_back((id, bytes, trips));
        self.connect();
    }

    /// Drops a request.
    pub fn abort(&mut self, id: Id) {
        self.queued.retain(|(other, ..)| *other != id);
        self.waiting.remove(&id);
        if self.bodies.front().is_some_and(|body| body.id == id) {
            self.passes_until = None;
        }
        self.bodies.retain(|body| body.id != id);
        self.connect();
    }

    fn connect(&mut self) {
        while self.waiting.len() + self.bodies.len() < self.link.at_a_time {
            let Some((id, bytes, trips)) = self.queued.pop_front() else { return };
            self.waiting.insert(id, (self.now + f64::from(trips) * self.link.latency, bytes));
        }
    }

    fn piece(&self) -> Option<u64> {
        self.bodies.front().map(|body| body.left.min(TURN_BYTES))
    }

    /// When something happens next, if anything is on its way.
    pub fn next_at(&mut self) -> Option<f64> {
        if let (None, Some(piece)) = (self.passes_until, self.piece()) {
            self.passes_until = Some(self.now + piece as f64 / self.link.bytes_per_second);
        }
        let begins = self.waiting.values().map(|(at, _)| *at);
        begins.chain(self.passes_until).min_by(f64::total_cmp)
    }

    /// Goes to that moment, and says what happens.
    pub fn advance(&mut self) -> Option<Arrival<Id>> {
        let at = self.next_at()?;
        self.now = self.now.max(at);
        if let Some((&id, &(_, bytes))) = self.waiting.iter().find(|(_, (begins, _))| *begins <= at) {
            self.waiting.remove(&id);
            if bytes > 0 {
                self.bodies.push_back(Body { id, left: bytes });
            } else {
                self.connect();
            }
            return Some(Arrival::Began(id));
        }
        let piece = self.piece()?;
        let mut body = self.bodies.pop_front()?;
        self.passes_until = None;
        body.left -= piece;
        let (id, done) = (body.id, body.left == 0);
        if done {
            self.connect();
        } else {
            self.bodies.push_back(body);
        }
        Some(Arrival::Bytes(id, piece, done))
    }
}
