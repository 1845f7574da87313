//! Signals that everyone may read and only the store may write.

use leptos::prelude::*;
use std::any::Any;
use std::marker::PhantomData;
use std::ops::Deref;
use std::panic::Location;
use std::sync::Arc;

/// A piece of the page's state. It reads like a signal; what writes it is for the store alone. Copies are the same
/// piece.
pub struct State<T: 'static>(RwSignal<T>);

impl<T: Send + Sync> State<T> {
    pub(super) fn new(value: T) -> Self {
        Self(RwSignal::new(value))
    }

    pub(super) fn set(self, value: T) {
        self.0.set(value);
    }

    pub(super) fn update(self, change: impl FnOnce(&mut T)) {
        self.0.update(change);
    }

    /// Changes it; whoever reads it is told where `change` says so.
    pub(super) fn maybe_update(self, change: impl FnOnce(&mut T) -> bool) {
        self.0.maybe_update(change);
    }
}

impl<T> DefinedAt for State<T> {
    fn defined_at(&self) -> Option<&'static Location<'static>> {
        self.0.defined_at()
    }
}

impl<T: Send + Sync> Track for State<T> {
    fn track(&self) {
        self.0.track();
    }
}

impl<T: Send + Sync> ReadUntracked for State<T> {
    type Value = <RwSignal<T> as ReadUntracked>::Value;

    fn try_read_untracked(&self) -> Option<Self::Value> {
        self.0.try_read_untracked()
    }
}

impl<T: Default + Send + Sync> Default for State<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for State<T> {}

/// Something that is there or not: an answer of the data thread, mostly. All are one kind of signal, since each kind takes
/// 1 KB of the page's first module. Copies are the same answer.
pub struct Answer<T: 'static>(State<Option<Arc<dyn Any + Send + Sync>>>, PhantomData<fn() -> T>);

impl<T: Send + Sync> Answer<T> {
    pub(super) fn set(self, answer: Option<Arc<T>>) {
        self.0.set(answer.map(|answer| -> Arc<dyn Any + Send + Sync> { answer }));
    }

    /// The newest one.
    pub fn get(self) -> Option<Arc<T>> {
        self.0.get()?.downcast().ok()
    }

    /// The same, for who is not told of the next one.
    pub fn get_untracked(self) -> Option<Arc<T>> {
        self.0.get_untracked()?.downcast().ok()
    }

    /// What becomes of the newest one, for who is not told of the next one.
    pub fn with_untracked<U>(self, read: impl FnOnce(&Option<Arc<T>>) -> U) -> U {
        read(&self.get_untracked())
    }

    /// What becomes of the newest one.
    pub fn with<U>(self, read: impl FnOnce(&Option<Arc<T>>) -> U) -> U {
        read(&self.get())
    }
}

impl<T> Default for Answer<T> {
    fn default() -> Self {
        Self(State::default(), PhantomData)
    }
}

impl<T> Clone for Answer<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Answer<T> {}

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
