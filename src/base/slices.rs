//! What is done next of work that is done in slices: small tasks as they come, and turns, which are long and have a
//! slice to themselves.

use std::collections::VecDeque;

/// What waits.
#[derive(Debug)]
pub struct Queue<Task, Turn> {
    tasks: VecDeque<Task>,
    turns: VecDeque<Turn>,
    /// Whether turns waited for a whole slice. Tasks may come faster than they are done, as they do while much is read
    /// on a slow device, and turns would wait without end.
    late: bool,
}

/// A slice that has begun.
#[derive(Debug, Default)]
pub struct Slice {
    is_used: bool,
    had_turn: bool,
}

/// What is next.
#[derive(Debug, PartialEq, Eq)]
pub enum Next<Task, Turn> {
    /// A task.
    Task(Task),
    /// A turn.
    Turn(Turn),
    /// The rest is for another slice.
    Later,
    /// Nothing waits.
    Nothing,
}

impl<Task, Turn> Default for Queue<Task, Turn> {
    fn default() -> Self {
        Self::new()
    }
}

impl<Task, Turn> Queue<Task, Turn> {
    /// Nothing waits.
    pub const fn new() -> Self {
        Self { tasks: VecDeque::new(), turns: VecDeque::new(), late: false }
    }

    /// A task waits, after those before it.
    pub fn push_task(&mut self, task: Task) {
        self.tasks.push_back(task);
    }

    /// A turn waits, after those before it.
    pub fn push_turn(&mut self, turn: Turn) {
        self.turns.push_back(turn);
    }

    /// A turn waits, before all others.
    pub fn push_turn_first(&mut self, turn: Turn) {
        self.turns.push_front(turn);
    }

    /// What this slice does next. `is_over` where its time is up; it does one thing all the same.
    pub fn next(&mut self, slice: &mut Slice, is_over: bool) -> Next<Task, Turn> {
        let turn_first = !slice.is_used && std::mem::take(&mut self.late) && !self.turns.is_empty();
        let task = if slice.is_used && is_over || turn_first { None } else { self.tasks.pop_front() };
        if let Some(task) = task {
            slice.is_used = true;
            return Next::Task(task);
        }
        if slice.is_used {
            self.late = !slice.had_turn && !self.turns.is_empty();
            let rest = !self.tasks.is_empty() || !self.turns.is_empty();
            return if rest { Next::Later } else { Next::Nothing };
        }
        let Some(turn) = self.turns.pop_front() else { return Next::Nothing };
        (slice.is_used, slice.had_turn) = (true, true);
        Next::Turn(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::{Next, Queue, Slice};

    /// Slices as long as three things: what each of them does, where a task comes with each thing that is done.
    fn slices(queue: &mut Queue<&'static str, &'static str>, count: usize, coming: bool) -> Vec<String> {
        let slice = || {
            let mut slice = Slice::default();
            let mut done = Vec::new();
            loop {
                match queue.next(&mut slice, done.len() >= 3) {
                    Next::Task(what) | Next::Turn(what) => done.push(what),
                    Next::Later | Next::Nothing => return done.join(" "),
                }
                if coming {
                    queue.push_task("task");
                }
            }
        };
        std::iter::repeat_with(slice).take(count).collect()
    }

    #[test]
    fn a_turn_has_a_slice_to_itself_with_what_it_wakes() {
        let mut queue = Queue::new();
        for turn in ["first", "second", "third"] {
            queue.push_turn(turn);
        }
        queue.push_task("a");
        queue.push_task("b");
        assert_eq!(slices(&mut queue, 5, false), ["a b", "first", "second", "third", ""]);
    }

    #[test]
    fn what_people_look_at_has_the_first_turn() {
        let mut queue = Queue::new();
        queue.push_turn("a menu");
        queue.push_turn("a chart below the screen");
        queue.push_task("task");
        queue.push_turn_first("rows");
        assert_eq!(slices(&mut queue, 4, false), ["task", "rows", "a menu", "a chart below the screen"]);
    }

    #[test]
    fn turns_do_not_wait_for_tasks_without_end() {
        let mut queue = Queue::new();
        queue.push_task("task");
        for turn in ["first", "second"] {
            queue.push_turn(turn);
        }
        let all = slices(&mut queue, 5, true);
        assert_eq!(
            all,
            ["task task task", "first task task", "task task task", "second task task", "task task task"]
        );
    }

    #[test]
    fn every_task_is_done_once_and_in_order() {
        let mut queue = Queue::new();
        for task in ["a", "b", "c", "d", "e"] {
            queue.push_task(task);
        }
        queue.push_turn("turn");
        queue.push_task("f");
        assert_eq!(slices(&mut queue, 3, false), ["a b c", "turn d e", "f"]);
    }
}
