//! Code that comes when it is first needed: in browsers as a lazy module, elsewhere with everything else.

use std::sync::OnceLock;

/// A place for such code; the macro of the same name makes one.
#[derive(Debug)]
pub struct Later<T: 'static> {
    fetched: OnceLock<T>,
    /// Outside browsers, the code itself.
    own: Option<fn() -> T>,
}

impl<T: Copy> Later<T> {
    /// A place for code that has to be fetched.
    pub const fn absent() -> Self {
        Self { fetched: OnceLock::new(), own: None }
    }

    /// A place for code that is there.
    pub const fn present(own: fn() -> T) -> Self {
        Self { fetched: OnceLock::new(), own: Some(own) }
    }

    /// The code has been fetched.
    pub fn provide(&self, code: T) {
        let _ = self.fetched.set(code);
    }

    /// The code, where it is here.
    pub fn get(&self) -> Option<T> {
        self.fetched.get().copied().or_else(|| self.own.map(|own| own()))
    }
}

/// `later!(static NAME: Type = function);` is a place for what the function gives. In browsers nothing but the entry of
/// the lazy module may name that function, so it is left out there.
macro_rules! later {
    (static $name:ident: $of:ty = $own:expr;) => {
        #[cfg(target_arch = "wasm32")]
        static $name: $crate::base::later::Later<$of> = $crate::base::later::Later::absent();
        #[cfg(not(target_arch = "wasm32"))]
        static $name: $crate::base::later::Later<$of> = $crate::base::later::Later::present($own);
    };
}
pub(crate) use later;
