//! What a dataset is, for people who meet it here: whose it is, what it may be used for, how it is
//! cited, and what to be careful about.

/// What is told of a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// [`super::Table::dataset`].
    pub dataset: &'static str,
    /// What it is, a paragraph each.
    pub what: &'static [&'static str],
    /// What a row is.
    pub row: &'static str,
    /// Its licence, and where that can be read.
    pub licence: (&'static str, &'static str),
    /// Pages of it: name and address.
    pub links: &'static [(&'static str, &'static str)],
    /// How it is cited, as BibTeX.
    pub bibtex: &'static str,
    /// What to be careful about.
    pub limits: &'static [&'static str],
    /// What it says of people.
    pub privacy: &'static str,
}

/// What is told of this dataset.
pub fn about(dataset: &str) -> Option<&'static About> {
    ABOUT.iter().find(|about| about.dataset == dataset)
}

const ABOUT: &[About] = &[
    About {
        dataset: "DiffusionDB",
        what: &[
            "Images that people made with Stable Diffusion, each with its prompt and settings. They were collected in \
             August 2022 from the public channels of the model's Discord server, where a bot painted whatever was asked for.",
            "2M holds two million images, of about 1.5 million different prompts; Large holds fourteen million, of about \
             1.8 million. The prompts are in a table of their own, which is what is shown here, and the images in ZIP \
             files of a thousand each.",
        ],
        row: "One generated image: its prompt, its settings, who asked for it (hashed), and when.",
        licence: ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        links: &[
            ("Dataset card", "https://huggingface.co/datasets/poloclub/diffusiondb"),
            ("Paper", "https://arxiv.org/abs/2210.14896"),
            ("Project page", "https://poloclub.github.io/diffusiondb/"),
            ("Code", "https://github.com/poloclub/diffusiondb"),
        ],
        bibtex: "@article{wangDiffusionDBLargescalePrompt2022,
  title = {{{DiffusionDB}}: A Large-Scale Prompt Gallery Dataset for Text-to-Image Generative Models},
  author = {Wang, Zijie J. and Montoya, Evan and Munechika, David and Yang, Haoyang and Hoover, Benjamin and Chau, Duen Horng},
  year = {2022},
  journal = {arXiv:2210.14896 [cs]},
  url = {https://arxiv.org/abs/2210.14896}
}",
        limits: &[
            "It shows what early users of one server asked of one family of models within two weeks, not what people ask \
             of such models in general. Prompts are mostly English, and lean to fantasy, portraits and names of artists.",
            "Prompts and images may be offensive, disturbing or sexual, although the server had rules and a filter. \
             The two NSFW scores are guesses of models: some of what they flag is harmless, some of what they pass is not. \
             An image score of exactly 2 means that the generator had blurred the image itself.",
            "Settings were read out of chat messages: a few values of cfg scale are negative or absurdly large, and \
             samplers beyond the common eight are all called others.",
            "Rows whose image was gone when the collection was repeated have no user and no time; all users who had left by \
             then are one, deleted_account.",
        ],
        privacy: "Users stand as hashes (SHA-256) of their Discord ids: whoever has an id can hash it and find its rows, and \
                  prompts may name people. Do not try to find out who someone is. The authors take requests to remove images; the \
                  card says how.",
    },
    About {
        dataset: "ImageRewardDB",
        what: &[
            "What people think of generated images: for each prompt four to nine images that were ranked and rated, to \
             train and test a model of human preference.",
            "Prompts and images are taken from DiffusionDB Large. The first half of a prompt's id says from which of its \
             parts, which is how this viewer finds an image's original settings.",
        ],
        row: "One image of a prompt, with its rank among the images of that prompt and its ratings.",
        licence: ("Apache 2.0", "https://www.apache.org/licenses/LICENSE-2.0"),
        links: &[
            ("Dataset card", "https://huggingface.co/datasets/zai-org/ImageRewardDB"),
            ("Paper", "https://arxiv.org/abs/2304.05977"),
            ("Code", "https://github.com/zai-org/ImageReward"),
        ],
        bibtex: "@misc{xu2023imagereward,
  title = {ImageReward: Learning and Evaluating Human Preferences for Text-to-Image Generation},
  author = {Xu, Jiazheng and Liu, Xiao and Wu, Yuchen and Tong, Yuxuan and Li, Qinkai and Ding, Ming and Tang, Jie and Dong, Yuxiao},
  year = {2023},
  eprint = {2304.05977},
  archivePrefix = {arXiv},
  primaryClass = {cs.CV}
}",
        limits: &[
            "Ranks and ratings are those of a group of trained annotators with guidelines: other people may judge otherwise. \
             Ranks can be tied, and sometimes disagree with ratings.",
            "What holds for the prompts and images of DiffusionDB holds here as well: two weeks of one server, one family of \
             models, and content that may be offensive or sexual.",
            "Some images in its ZIP files are empty or damaged. Where that is so, the copy in DiffusionDB Large is shown.",
        ],
        privacy: "There are no user names. Prompts may name people. The ids lead back to rows of DiffusionDB Large, which has \
                  hashed user names: do not use them to find out who someone is.",
    },
];

#[cfg(test)]
mod tests {
    use super::about;
    use crate::view::catalog::TABLES;

    #[test]
    fn every_dataset_of_the_catalogue_is_told_of() {
        for table in TABLES {
            let about = about(table.dataset).expect(table.id);
            assert!(about.bibtex.starts_with('@') && about.bibtex.ends_with('}'));
            for (_, address) in about.links.iter().chain([&about.licence]) {
                assert!(address.starts_with("https://"), "{address}");
            }
        }
    }
}
