//! What runs the page's effects: in slices, so that the browser can answer between two of them.
//!
//! One answer of the data thread can wake a hundred effects. Run one after another, as soon as they are
//! woken, they hold the page for as long as all of them take; here those that are left when a slice is over
//! wait for a task of their own.

use crate::base::slices::{Next, Queue, Slice};
use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{MessageChannel, Window};

/// After so long the rest waits. A task counts as long from 50 ms, and the last effect of a slice may take
/// its time.
const SLICE_MILLIS: f64 = 10.0;

thread_local! {
    static TASKS: RefCell<Vec<Task>> = const { RefCell::new(Vec::new()) };
    static FREE: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
    /// Places of tasks that can be run, and what has a slice to itself, with what it wakes.
    static QUEUE: RefCell<Queue<usize, Box<dyn FnOnce()>>> = const { RefCell::new(Queue::new()) };
    static WAITS: Cell<bool> = const { Cell::new(false) };
    static CLOCK: Option<Clock> = Clock::new();
}

/// A place for a future.
struct Task {
    /// None while it runs, and once it is done.
    future: Option<PinnedLocalFuture<()>>,
    waker: Waker,
    /// Whether it is among those that can be run.
    is_ready: bool,
}

/// What wakes the task at a place. A place is used again: one that is woken for the task before it is run for
/// nothing, which does no harm.
struct Place(usize);

impl Wake for Place {
    fn wake(self: Arc<Self>) {
        let is_new = TASKS.with_borrow_mut(|tasks| {
            tasks.get_mut(self.0).is_some_and(|task| !std::mem::replace(&mut task.is_ready, true))
        });
        if is_new {
            make_ready(self.0);
        }
    }
}

/// What begins a slice.
struct Clock {
    window: Window,
    now: Box<dyn Fn() -> f64>,
    run: Closure<dyn FnMut()>,
    channel: MessageChannel,
}

impl Clock {
    fn new() -> Option<Self> {
        let window = web_sys::window()?;
        let performance = window.performance()?;
        let channel = MessageChannel::new().ok()?;
        let run = Closure::<dyn FnMut()>::new(run);
        channel.port1().set_onmessage(Some(run.as_ref().unchecked_ref()));
        Some(Self { window, now: Box::new(move || performance.now()), run, channel })
    }

    /// As soon as what runs now is over.
    fn soon(&self) {
        self.window.queue_microtask(self.run.as_ref().unchecked_ref());
    }

    /// In a task of its own. (Timers are slow where the page is not seen.)
    fn next(&self) {
        let _ = self.channel.port2().post_message(&wasm_bindgen::JsValue::NULL);
    }
}

fn make_ready(place: usize) {
    QUEUE.with_borrow_mut(|queue| queue.push_task(place));
    run_soon();
}

/// Runs `turn` in a slice of its own, after what was asked for before.
pub fn in_turn(turn: impl FnOnce() + 'static) {
    QUEUE.with_borrow_mut(|queue| queue.push_turn(Box::new(turn)));
    run_soon();
}

/// Runs `turn` in a slice of its own, before whatever else waits for one.
pub fn in_turn_first(turn: impl FnOnce() + 'static) {
    QUEUE.with_borrow_mut(|queue| queue.push_turn_first(Box::new(turn)));
    run_soon();
}

fn run_soon() {
    if !WAITS.replace(true) {
        CLOCK.with(|clock| clock.as_ref().map(Clock::soon));
    }
}

/// A slice.
fn run() {
    let now = || CLOCK.with(|clock| clock.as_ref().map_or(0.0, |clock| (clock.now)()));
    let end = now() + SLICE_MILLIS;
    let mut slice = Slice::default();
    loop {
        let is_over = now() >= end;
        match QUEUE.with_borrow_mut(|queue| queue.next(&mut slice, is_over)) {
            Next::Task(place) => run_task(place),
            Next::Turn(turn) => turn(),
            Next::Later => break,
            Next::Nothing => return WAITS.set(false),
        }
    }
    CLOCK.with(|clock| clock.as_ref().map(Clock::next));
}

fn run_task(place: usize) {
    let taken = TASKS.with_borrow_mut(|tasks| {
        let task = tasks.get_mut(place)?;
        task.is_ready = false;
        Some((task.future.take()?, task.waker.clone()))
    });
    let Some((mut future, waker)) = taken else { return };
    // Nothing is borrowed while it runs: it may wake and make others.
    if future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
        TASKS.with_borrow_mut(|tasks| {
            if let Some(task) = tasks.get_mut(place) {
                task.future = Some(future);
            }
        });
    } else {
        drop(future);
        FREE.with_borrow_mut(|free| free.push(place));
    }
}

fn start(future: PinnedLocalFuture<()>) {
    let free = FREE.with_borrow_mut(Vec::pop);
    let place = TASKS.with_borrow_mut(|tasks| {
        let place = free.unwrap_or(tasks.len());
        let task = Task { future: Some(future), waker: Waker::from(Arc::new(Place(place))), is_ready: true };
        match tasks.get_mut(place) {
            Some(old) => *old = task,
            None => tasks.push(task),
        }
        place
    });
    make_ready(place);
}

struct Slices;

impl CustomExecutor for Slices {
    fn spawn(&self, future: PinnedFuture<()>) {
        start(future);
    }

    fn spawn_local(&self, future: PinnedLocalFuture<()>) {
        start(future);
    }

    fn poll_local(&self) {}
}

/// From now on effects run in slices. Has to be said before there are any.
pub fn begin() {
    // Where there is no clock they run as ever.
    if CLOCK.with(Option::is_some) {
        let _ = Executor::init_custom_executor(Slices);
    }
}
