//! Drives the built app in Chromium, against a stand-in Hub.
