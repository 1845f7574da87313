//! The settings of an image as common Stable Diffusion interfaces read them: the prompt, and below it
//! one line of names and values, as AUTOMATIC1111's web UI writes it into its images.

use crate::protocol::Cell;
use crate::view::roles::Role;

/// What those interfaces call the samplers of DiffusionDB.
const SAMPLERS: [(&str, &str); 8] = [
    ("ddim", "DDIM"),
    ("plms", "PLMS"),
    ("k_euler", "Euler"),
    ("k_euler_ancestral", "Euler a"),
    ("k_heun", "Heun"),
    ("k_dpm_2", "DPM2"),
    ("k_dpm_2_ancestral", "DPM2 a"),
    ("k_lms", "LMS"),
];

/// The settings of a row, or none where it has neither steps nor seed. `cell` gives its cells by the part
/// that their column plays; coded samplers by their label.
pub fn parameters(prompt: &str, cell: impl Fn(Role) -> Option<Cell>) -> Option<String> {
    let number = |role: Role| match cell(role)? {
        Cell::Number(value) => Some(super::number(value)),
        Cell::Digits(digits) => Some(digits),
        _ => None,
    };
    let sampler = match cell(Role::Sampler) {
        Some(Cell::Text(own)) => {
            let known = SAMPLERS.iter().find(|(name, _)| *name == own);
            Some(known.map_or(own.clone(), |(_, title)| (*title).to_owned()))
        }
        _ => None,
    };
    let size =
        number(Role::Width).zip(number(Role::Height)).map(|(width, height)| format!("{width}x{height}"));
    let parts = [
        ("Steps", number(Role::Step)),
        ("Sampler", sampler),
        ("CFG scale", number(Role::Cfg)),
        ("Seed", number(Role::Seed)),
        ("Size", size),
    ];
    let known = parts.iter().any(|(name, value)| matches!(*name, "Steps" | "Seed") && value.is_some());
    let line: Vec<String> =
        parts.into_iter().filter_map(|(name, value)| Some(format!("{name}: {}", value?))).collect();
    known.then(|| format!("{}\n{}", prompt.trim(), line.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::parameters;
    use crate::protocol::Cell;
    use crate::view::roles::Role;

    #[test]
    fn settings_read_as_other_programs_write_them() {
        let cell = |role: Role| match role {
            Role::Step | Role::Cfg => Some(Cell::Number(8.0)),
            Role::Sampler => Some(Cell::Text("k_lms".to_owned())),
            Role::Seed => Some(Cell::Number(4_207_249_219.0)),
            Role::Width => Some(Cell::Number(512.0)),
            Role::Height => Some(Cell::Number(768.0)),
            _ => None,
        };
        let expected = "a castle\nSteps: 8, Sampler: LMS, CFG scale: 8, Seed: 4207249219, Size: 512x768";
        assert_eq!(parameters("a castle ", cell).as_deref(), Some(expected));
        assert_eq!(parameters("a castle", |_| None), None);
    }
}
