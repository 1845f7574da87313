//! Command line arguments: flags and options with a value, nothing else.

use crate::Result;

/// What is left of the arguments. Whatever nobody took is an error at the end.
pub(crate) struct Args(Vec<String>);

impl Args {
    pub(crate) fn new(args: Vec<String>) -> Self {
        Self(args)
    }

    /// Whether a flag is there.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|arg| arg != name);
        self.0.len() != before
    }

    /// The value that follows an option, if it is there.
    pub(crate) fn value(&mut self, name: &str) -> Result<Option<String>> {
        let Some(place) = self.0.iter().position(|arg| arg == name) else { return Ok(None) };
        self.0.remove(place);
        if place < self.0.len() {
            Ok(Some(self.0.remove(place)))
        } else {
            Err(format!("{name} needs a value"))
        }
    }

    /// The number that follows an option.
    pub(crate) fn port(&mut self, name: &str, default: u16) -> Result<u16> {
        match self.value(name)? {
            None => Ok(default),
            Some(value) => value.parse().map_err(|_| format!("{name}: {value:?} is not a port")),
        }
    }

    /// Ends the reading.
    pub(crate) fn finish(self) -> Result<()> {
        match self.0.first() {
            None => Ok(()),
            Some(arg) => Err(format!("{arg:?} means nothing here; `cargo xtask help` says what does")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Args;

    #[test]
    fn what_nobody_takes_is_an_error() {
        let args = |text: &str| Args::new(text.split(' ').map(str::to_owned).collect());
        let mut all = args("--release --port 80");
        assert!(all.flag("--release"));
        assert_eq!(all.port("--port", 1), Ok(80));
        assert_eq!(all.port("--port", 1), Ok(1));
        assert_eq!(all.finish(), Ok(()));
        assert!(args("--prot 80").finish().is_err());
        assert!(args("--port").value("--port").is_err());
        assert!(args("--port x").port("--port", 1).is_err());
    }
}
