//! Signals that everyone may read and only the store may write.

use leptos::prelude::*;
use std::ops::Deref;

/// A piece of the page's state. It reads like a [`ReadSignal`]; what writes it is for the store alone. Copies
/// are the same piece.
pub struct State<T: 'static> {
    read: ReadSignal<T>,
    write: WriteSignal<T>,
}

impl<T: Send + Sync> State<T> {
    pub(super) fn new(value: T) -> Self {
        let (read, write) = signal(value);
        Self { read, write }
    }

    pub(super) fn set(self, value: T) {
        self.write.set(value);
    }

    pub(super) fn update(self, change: impl FnOnce(&mut T)) {
        self.write.update(change);
    }

    /// Changes it; whoever reads it is told where `change` says so.
    pub(super) fn maybe_update(self, change: impl FnOnce(&mut T) -> bool) {
        self.write.maybe_update(change);
    }
}

impl<T: Default + Send + Sync> Default for State<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> Deref for State<T> {
    type Target = ReadSignal<T>;

    fn deref(&self) -> &ReadSignal<T> {
        &self.read
    }
}

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for State<T> {}

/// What no component reads; the browser's own values may be in it. Copies are the same value.
pub struct Local<T: 'static>(StoredValue<T, LocalStorage>);

impl<T: Default> Default for Local<T> {
    fn default() -> Self {
        Self(StoredValue::new_local(T::default()))
    }
}

impl<T> Deref for Local<T> {
    type Target = StoredValue<T, LocalStorage>;

    fn deref(&self) -> &StoredValue<T, LocalStorage> {
        &self.0
    }
}

impl<T> Clone for Local<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Local<T> {}
