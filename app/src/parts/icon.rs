//! Small icons, drawn for this dashboard on a grid of 16 by 16.

use leptos::prelude::*;

/// What an icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    Overview,
    Requests,
    Chart,
    Tag,
    Providers,
    Combos,
    Saver,
    Connect,
    Translator,
    Settings,
    Search,
    Sun,
    Moon,
    Screen,
    Check,
    Warning,
    Cross,
    Clock,
    Pause,
    Copy,
    Plus,
    Pencil,
    Gauge,
    Bin,
    Play,
    Right,
    Left,
    Up,
    Down,
    Grip,
    Out,
    Key,
    Lock,
    Dots,
    Person,
}

impl Glyph {
    /// The lines of the drawing.
    fn path(self) -> &'static str {
        match self {
            Self::Overview => "M2.5 2.5h4.5v6H2.5zM9 2.5h4.5v3.5H9zM9 8.5h4.5v5H9zM2.5 11h4.5v2.5H2.5z",
            Self::Requests => "M2.5 4h11M2.5 8h11M2.5 12h7",
            Self::Chart => "M2.5 13.5h11M4 11V7.5M8 11V3M12 11V5.5",
            Self::Tag => "M2.5 2.5h5.5l5.5 5.5l-5.5 5.5l-5.5-5.5zM5.5 5.5h.01",
            Self::Providers => "M3 2.5h10v4.2H3zM3 9.3h10v4.2H3zM5.6 4.6h.01M5.6 11.4h.01",
            Self::Combos => "M2.5 4H6l4 4h3.5M2.5 12H6l4-4M11.5 6l2 2l-2 2",
            Self::Saver => "M2.5 3.5h11M4.5 6.5h7M6.5 9.5h3M8 11.5v2",
            Self::Connect => "M5.5 2v3M10.5 2v3M4 5h8v2.8a4 4 0 0 1-8 0zM8 11.8V14",
            Self::Translator => "M2.5 5.5h11M10.5 2.5l3 3l-3 3M13.5 10.5h-11M5.5 7.5l-3 3l3 3",
            Self::Settings => {
                "M2.5 4.5h4M10 4.5h3.5M2.5 11.5h3.5M9.5 11.5h4M8.25 2.8a1.7 1.7 0 1 1 0 \
                 3.4a1.7 1.7 0 0 1 0-3.4zM7.75 9.8a1.7 1.7 0 1 1 0 3.4a1.7 1.7 0 0 1 0-3.4z"
            }
            Self::Search => "M7 2.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9zM10.3 10.3l3.2 3.2",
            Self::Sun => {
                "M8 5.2a2.8 2.8 0 1 1 0 5.6a2.8 2.8 0 0 1 0-5.6zM8 1.5v1.5M8 13v1.5M1.5 8H3M13 8h1.5\
                 M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M3.4 12.6l1.1-1.1M11.5 4.5l1.1-1.1"
            }
            Self::Moon => "M13.2 9.6A5.7 5.7 0 0 1 6.4 2.8a5.7 5.7 0 1 0 6.8 6.8z",
            Self::Screen => "M2 3h12v8H2zM6 13.5h4M8 11v2.5",
            Self::Check => "M3 8.5l3.3 3.3L13 5",
            Self::Warning => "M8 2.5l6 10.5H2zM8 6.5v3M8 11.3v.01",
            Self::Cross => "M4 4l8 8M12 4l-8 8",
            Self::Clock => "M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11zM8 5v3.2l2 1.3",
            Self::Pause => "M5.5 3.5v9M10.5 3.5v9",
            Self::Copy => "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Pencil => "M3 13l.6-2.8L10.8 3l2.2 2.2L5.8 12.4zM9.3 4.5l2.2 2.2",
            Self::Gauge => "M2.5 12a5.8 5.8 0 1 1 11 0M8 10.5l2.5-3.5",
            Self::Bin => "M3 4.5h10M6 4.5v-2h4v2M4.5 4.5l.6 9h5.8l.6-9M7 7v4M9 7v4",
            Self::Play => "M5 3.5l7.5 4.5L5 12.5z",
            Self::Right => "M6 3.5L10.5 8L6 12.5",
            Self::Left => "M10 3.5L5.5 8l4.5 4.5",
            Self::Up => "M3.5 10L8 5.5l4.5 4.5",
            Self::Down => "M3.5 6L8 10.5L12.5 6",
            Self::Grip => "M6 4h.01M10 4h.01M6 8h.01M10 8h.01M6 12h.01M10 12h.01",
            Self::Out => "M9.5 2.5h4v4M13.5 2.5L7.5 8.5M12 9.5v4H2.5V4h4",
            Self::Key => "M5.3 6.8a3 3 0 1 1 0 5.9a3 3 0 0 1 0-5.9zM7.5 8L13 2.5M10.8 4.7l2 2",
            Self::Lock => "M3.5 7h9v6.5h-9zM5.5 7V5a2.5 2.5 0 0 1 5 0v2",
            Self::Dots => "M3.5 8h.01M8 8h.01M12.5 8h.01",
            Self::Person => "M8 2.5a2.7 2.7 0 1 1 0 5.4a2.7 2.7 0 0 1 0-5.4zM2.8 13.5a5.3 5.3 0 0 1 10.4 0",
        }
    }
}

/// An icon beside words that say the same; hidden from readers of the page by ear.
#[component]
pub fn Icon(glyph: Glyph) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <path d=glyph.path() />
        </svg>
    }
}
