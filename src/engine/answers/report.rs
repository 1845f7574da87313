//! The one way to the page.

use crate::engine::Effect;
use crate::protocol::Response;

/// Reports something to the page.
pub fn report(effects: &mut Vec<Effect>, response: impl Into<Response>) {
    effects.push(Effect::Respond(response.into()));
}
