//! The icons: one stroke, 16 by 16.

use leptos::prelude::*;

/// An icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Alert,
    Chevron,
    Close,
    Columns,
    Compare,
    Differences,
    Copy,
    File,
    Filter,
    Folder,
    Gallery,
    Groups,
    Hidden,
    Info,
    Label,
    Link,
    Load,
    Metadata,
    Next,
    Phrases,
    Previous,
    Prompts,
    Search,
    Settings,
    Out,
    Pause,
    Play,
    Plot,
    Redo,
    Stop,
    Table,
    Theme,
    ThemeDark,
    ThemeLight,
    Undo,
    Upload,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Alert => "M8 2.75 14 13.25H2zM8 6.75v3M8 11.4v.1",
            Self::Chevron => "m4.5 6.5 3.5 3.5 3.5-3.5",
            Self::Close => "m4 4 8 8m0-8-8 8",
            Self::Columns => "M3 3v10M8 3v10M13 3v10",
            Self::Copy => "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
            Self::Compare => "M2.5 3h4v10h-4zM9.5 3h4v10h-4z",
            Self::Filter => "M2 4h12M4.5 8h7M6.75 12h2.5",
            Self::Folder => "M2.5 12.75v-9.5h4l1.5 2h5.5v7.5z",
            Self::Gallery => "M2.5 3h5v4.5h-5zM10 3h3.5v4.5H10zM2.5 10H6v3H2.5zM8.5 10h5v3h-5z",
            Self::Differences => "M2.5 4.5h11M2.5 8h7M2.5 11.5h3.5",
            Self::Groups => "M2.5 3.5h3v3h-3zM2.5 9.5h3v3h-3zM8 5h5.5M8 11h5.5",
            Self::Hidden => {
                "M2.5 2.5l11 11M6.2 6.3a2.5 2.5 0 0 0 3.5 3.5M4.3 4.5C2.9 5.4 2 6.8 1.5 8c1 2.4 3.4 4.5 6.5 4.5 1.2 0 2.3-.3 3.2-.8M6.9 3.6C7.3 3.5 7.6 3.5 8 3.5c3.1 0 5.5 2.1 6.5 4.5-.3.7-.8 1.5-1.4 2.1"
            }
            Self::Out => "M6.5 3.5h-4v10h10v-4M9 2.5h4.5V7M13 3 7.5 8.5",
            Self::Table => "M2.5 3h11v10h-11zM2.5 6.5h11M2.5 9.75h11M6 6.5V13",
            Self::Next => "m4 6 4 4 4-4",
            Self::File => "M4 2.5h5l3 3v8H4zM9 2.5v3h3M6.25 8.5l3.5 3.5m0-3.5L6.25 12",
            Self::Info => "M13.5 8a5.5 5.5 0 1 1-11 0 5.5 5.5 0 0 1 11 0M8 7.25v3.5M8 5.2v.1",
            Self::Label => "M2.5 2.5h5l6 6-5 5-6-6zM5.3 5.3v.1",
            Self::Link => {
                "M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2-2a2.6 2.6 0 0 0-3.7-3.7l-.8.8M9.2 6.8a2.6 2.6 0 0 0-3.7 0l-2 2a2.6 2.6 0 0 0 3.7 3.7l.8-.8"
            }
            Self::Load => "M8 2.5v7.5m-3-3 3 3 3-3M3 13.25h10",
            Self::Metadata => {
                "M6 2.5c-1.4 0-2 .7-2 2v1.6C4 7.2 3.5 8 2.5 8c1 0 1.5.8 1.5 1.9v1.6c0 1.3.6 2 2 2M10 2.5c1.4 0 2 .7 2 2v1.6c0 1.1.5 1.9 1.5 1.9-1 0-1.5.8-1.5 1.9v1.6c0 1.3-.6 2-2 2"
            }
            Self::Phrases => "M2.5 4h11M2.5 8h7.5M2.5 12h4",
            Self::Prompts => "M2.5 3.5h11v9h-11zM5 6.5h6M5 9.5h4",
            Self::Search => "M11.25 7a4.25 4.25 0 1 1-8.5 0 4.25 4.25 0 0 1 8.5 0M10.25 10.25l3 3",
            Self::Settings => {
                "M2.5 4.5H8m3.5 0h2M11.5 4.5a1.75 1.75 0 1 1-3.5 0 1.75 1.75 0 0 1 3.5 0M2.5 11.5h2m3.5 0h5.5M8 11.5a1.75 1.75 0 1 1-3.5 0 1.75 1.75 0 0 1 3.5 0"
            }
            Self::Previous => "m4 10 4-4 4 4",
            Self::Pause => "M5.5 3.5v9M10.5 3.5v9",
            Self::Play => "M5 3.5v9l7.5-4.5z",
            Self::Plot => "M2.5 2.5v11h11M5 10.5h2.5v-3H10V5h3",
            Self::Redo => "M9.5 3.5 13 7l-3.5 3.5M13 7H6.5a3.5 3.5 0 0 0 0 7H9",
            Self::Undo => "M6.5 3.5 3 7l3.5 3.5M3 7h6.5a3.5 3.5 0 0 1 0 7H7",
            Self::Stop => "M4.5 4.5h7v7h-7z",
            Self::Theme => "M13.25 8a5.25 5.25 0 1 1-10.5 0 5.25 5.25 0 0 1 10.5 0M8 3v10M9.5 3.2v9.6M11 4v8",
            Self::ThemeDark => "M12.8 9.7A5.3 5.3 0 0 1 6.3 3.2a5.3 5.3 0 1 0 6.5 6.5z",
            Self::ThemeLight => {
                "M10.75 8a2.75 2.75 0 1 1-5.5 0 2.75 2.75 0 0 1 5.5 0M8 1.8v1.4M8 12.8v1.4M1.8 8h1.4M12.8 8h1.4M3.6 3.6l1 1M11.4 11.4l1 1M3.6 12.4l1-1M11.4 4.6l1-1"
            }
            Self::Upload => "M2.75 9.5v3.75h10.5V9.5M8 10V2.75M5 5.5l3-3 3 3",
        }
    }
}

/// Draws an icon; it says nothing to a screen reader.
pub fn icon(icon: Icon) -> impl IntoView {
    view! { <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=icon.path()/></svg> }
}
