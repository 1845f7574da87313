//! What Hugging Face's `datasets` says of the columns it writes: the key `huggingface` of a file's metadata.
//!
//! Source: `datasets/features` of the library, version 5.

use serde_json::Value;
use std::collections::BTreeMap;

/// The key of the metadata.
const KEY: &str = "huggingface";

/// What a column is for the library, where that says more than its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Feature {
    /// Image files: a structure of bytes and a path.
    Image,
    /// Something else in such a structure: sounds, videos, documents.
    OtherFiles,
    /// Whole numbers that stand for these names, from 0.
    Labels(Vec<String>),
}

/// Features by the name of their column; none where the file says nothing of them, or nothing that can be read.
pub fn features(pairs: &[(String, Option<String>)]) -> BTreeMap<String, Feature> {
    let text = pairs.iter().find(|(key, _)| key == KEY).and_then(|(_, value)| value.as_deref());
    let json: Option<Value> = text.and_then(|text| serde_json::from_str(text).ok());
    let columns = json.as_ref().and_then(|json| json.get("info")?.get("features")?.as_object());
    let known = |(name, feature): (&String, &Value)| Some((name.clone(), known(feature)?));
    columns.into_iter().flatten().filter_map(known).collect()
}

fn known(feature: &Value) -> Option<Feature> {
    match feature.get("_type")?.as_str()? {
        "Image" => Some(Feature::Image),
        "Audio" | "Video" | "Pdf" | "Nifti" => Some(Feature::OtherFiles),
        "ClassLabel" => {
            let names = feature.get("names")?.as_array()?;
            Some(Feature::Labels(
                names.iter().map(|name| name.as_str().unwrap_or_default().to_owned()).collect(),
            ))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Feature, features};

    #[test]
    fn labels_images_and_sounds_are_known() {
        let json = r#"{"info": {"features": {"a": {"_type": "Image"}, "b": {"_type": "Audio"}, "n": {"_type": "Value"},
            "c": {"names": ["ddim", "k_euler"], "_type": "ClassLabel"}, "d": [{"_type": "Image"}]}}}"#;
        let of = |json: &str| features(&[("pandas".into(), None), ("huggingface".into(), Some(json.into()))]);
        let found: Vec<_> = of(json).into_iter().collect();
        assert_eq!(
            found,
            [
                ("a".to_owned(), Feature::Image),
                ("b".to_owned(), Feature::OtherFiles),
                ("c".to_owned(), Feature::Labels(vec!["ddim".into(), "k_euler".into()]))
            ]
        );
        for other in ["", "[]", "{\"info\": 3}"] {
            assert!(of(other).is_empty());
        }
    }
}
