//! The paintings on the start page's cards: drawn from a seed, so that no image has to be fetched.
//!
//! A painting is a scene in a palette. Scenes only know five tones, dark to light by role; which
//! colours they are stands in `style/tokens.css`.

mod brush;
mod scenes;

use brush::Brush;
use leptos::prelude::*;

/// What is painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scene {
    Arches,
    Castle,
    Dunes,
    Flower,
    Forest,
    Lake,
    Planet,
    Spheres,
}

/// One painting: what, in which palette, width over height, and height on the shelf in percent.
struct Painting(Scene, &'static str, f64, u8);

/// The paintings that stand on a card, by its place on the page.
fn paintings(place: usize) -> &'static [Painting] {
    use Scene::{Arches, Castle, Dunes, Flower, Forest, Lake, Planet, Spheres};
    match place % 7 {
        0 => &[
            Painting(Castle, "dusk", 0.67, 100),
            Painting(Planet, "night", 0.97, 88),
            Painting(Lake, "dawn", 1.5, 75),
            Painting(Flower, "sage", 0.8, 100),
            Painting(Spheres, "ember", 1.0, 90),
        ],
        1 => &[
            Painting(Spheres, "ink", 1.0, 90),
            Painting(Castle, "sand", 0.67, 100),
            Painting(Dunes, "sand", 1.5, 72),
            Painting(Arches, "ember", 1.0, 96),
            Painting(Planet, "dusk", 1.0, 84),
        ],
        2 => &[
            Painting(Forest, "teal", 0.95, 88),
            Painting(Forest, "ember", 0.65, 100),
            Painting(Spheres, "sage", 1.0, 80),
            Painting(Lake, "night", 0.96, 90),
        ],
        3 => &[
            Painting(Flower, "rose", 0.96, 92),
            Painting(Forest, "night", 0.98, 80),
            Painting(Castle, "ink", 1.2, 72),
            Painting(Arches, "teal", 0.65, 100),
        ],
        4 => &[
            Painting(Planet, "teal", 1.4, 70),
            Painting(Lake, "sage", 0.98, 88),
            Painting(Castle, "rose", 0.66, 100),
            Painting(Dunes, "ink", 1.0, 82),
        ],
        // Two of each.
        5 => &[
            Painting(Lake, "ember", 0.8, 96),
            Painting(Lake, "dusk", 0.8, 96),
            Painting(Flower, "sand", 0.8, 96),
            Painting(Flower, "night", 0.8, 96),
        ],
        _ => &[
            Painting(Arches, "dawn", 0.8, 96),
            Painting(Arches, "teal", 0.8, 96),
            Painting(Dunes, "rose", 0.8, 96),
            Painting(Dunes, "sage", 0.8, 96),
        ],
    }
}

/// The paintings of a table, in their frames.
#[component]
pub fn Shelf(table: &'static str, place: usize) -> impl IntoView {
    let frames = paintings(place).iter().zip(1_u32..).map(|(painting, at)| {
        let Painting(scene, palette, aspect, height) = painting;
        let id = format!("art-{table}-{at}");
        let seed = table.bytes().fold(at.wrapping_mul(0x9e37_79b9), |seed, byte| {
            seed.wrapping_mul(31).wrapping_add(u32::from(byte))
        });
        let mut brush = Brush::new(seed, id.clone(), *aspect * 100.0);
        match scene {
            Scene::Arches => brush.arches(),
            Scene::Castle => brush.castle(),
            Scene::Dunes => brush.dunes(),
            Scene::Flower => brush.flower(),
            Scene::Forest => brush.forest(),
            Scene::Lake => brush.lake(),
            Scene::Planet => brush.planet(),
            Scene::Spheres => brush.spheres(),
        }
        let view_box = format!("0 0 {} 100", aspect * 100.0);
        view! {
            <svg
                class="painting"
                viewBox=view_box
                data-palette=*palette
                style=("--h", height.to_string())
                style=("--aspect", aspect.to_string())
            >
                {brush.defs()}
                <g filter="url(#art-brush)" transform="translate(-2.5 -4) scale(1.07)">{brush.strokes()}</g>
                <rect class="grain" width="100%" height="100%" filter="url(#art-grain)"/>
            </svg>
        }
    });
    view! { <div class="shelf" aria-hidden="true">{frames.collect_view()}</div> }
}

/// What all paintings share: edges of a brush, and the grain of paper. Once a page.
#[component]
pub fn Studio() -> impl IntoView {
    view! {
        <svg class="studio" width="0" height="0" aria-hidden="true">
            <filter id="art-brush" x="-5%" y="-5%" width="110%" height="110%">
                <feTurbulence type="fractalNoise" baseFrequency="0.045" numOctaves="2" seed="4"/>
                <feDisplacementMap in="SourceGraphic" scale="2.6" xChannelSelector="R" yChannelSelector="G"/>
            </filter>
            <filter id="art-grain" x="0" y="0" width="100%" height="100%">
                <feTurbulence type="fractalNoise" baseFrequency="0.8" numOctaves="3" seed="9"/>
                <feColorMatrix values="2 0 0 0 -0.5  2 0 0 0 -0.5  2 0 0 0 -0.5  0 0 0 0 1"/>
            </filter>
        </svg>
    }
}
