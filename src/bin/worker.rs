//! The data thread's program, and the entries of the modules that are fetched when they are first needed.

#[cfg(target_arch = "wasm32")]
mod worker {
    // What marks the entry of a module is a foreign function, which only the build provides.
    #![allow(unsafe_code)]

    use vitrine::engine::extras::{Extras, all};
    use vitrine::formats::parquet::codec::RareCodecs;
    use vitrine::formats::parquet::variant::Code;
    use vitrine::shell::beside::Code as Joins;
    use vitrine::shell::worker::Loaders;
    use vitrine::table::measure::{Make, meter};
    use wasm_split_helpers::{SplitLoaderError, wasm_split};

    #[wasm_split(extras, fallible)]
    fn extras() -> Result<&'static Extras, SplitLoaderError> {
        Ok(all())
    }

    #[wasm_split(measures, fallible)]
    fn measures() -> Result<Make, SplitLoaderError> {
        Ok(meter)
    }

    #[wasm_split(variants, fallible)]
    fn variants() -> Result<Code, SplitLoaderError> {
        Ok(Code::all())
    }

    #[wasm_split(codecs, fallible)]
    fn codecs() -> Result<RareCodecs, SplitLoaderError> {
        Ok(RareCodecs::all())
    }

    #[wasm_split(joins, fallible)]
    fn joins() -> Result<Joins, SplitLoaderError> {
        Ok(Joins::all())
    }

    pub(super) const LOADERS: Loaders = Loaders {
        extras: || Box::pin(async { extras().await.ok() }),
        measures: || Box::pin(async { measures().await.ok() }),
        variants: || Box::pin(async { variants().await.ok() }),
        codecs: || Box::pin(async { codecs().await.ok() }),
        joins: || Box::pin(async { joins().await.ok() }),
    };
}

fn main() {
    #[cfg(target_arch = "wasm32")]
    vitrine::shell::worker::start(worker::LOADERS);
}
