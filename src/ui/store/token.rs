//! A token for what is not open to everyone: kept for this tab's session, told to the data thread.
//!
//! It is in no link, no notice and no answer of the thread.

use super::Store;
use crate::protocol::{Secret, ShellRequest};
use leptos::prelude::window;

/// Where the token of an endpoint is kept.
fn key(endpoint: &str) -> String {
    format!("vitrine:token:{endpoint}")
}

fn session() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}

impl Store {
    /// Takes a token for a Hub and opens the table again. An empty one forgets the one before.
    pub fn sign_in(self, endpoint: &str, token: &str) {
        let token = token.trim();
        if let Some(session) = session() {
            // Where nothing may be stored, the thread alone knows it.
            let _ = match token.is_empty() {
                true => session.remove_item(&key(endpoint)),
                false => session.set_item(&key(endpoint), token),
            };
        }
        self.tell_token(endpoint, token);
        self.reload();
    }

    /// Tells the data thread the token of this Hub, if there is one.
    pub(super) fn show_token(self, endpoint: &str) {
        let token = session().and_then(|session| session.get_item(&key(endpoint)).ok().flatten());
        if let Some(token) = token {
            self.tell_token(endpoint, &token);
        }
    }

    fn tell_token(self, endpoint: &str, token: &str) {
        self.send_to_shell(&ShellRequest::SignIn {
            endpoint: endpoint.to_owned(),
            token: Secret::new(token),
        });
    }
}
