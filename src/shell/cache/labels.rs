//! Labels of one's own, in a store beside the cache: what clears the cache leaves them alone.

use super::Cache;
use super::database::{LABELS, complete, result};
use crate::base::error::{Error, ErrorKind, Result};
use crate::engine::Kept;
use crate::protocol::texts::notices as texts;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbKeyRange, IdbObjectStore, IdbTransaction, IdbTransactionMode};

/// In place of the number of a block, in the key of a head.
const HEAD: f64 = -1.0;

impl Cache {
    /// What is kept of the labels of a table.
    ///
    /// # Errors
    /// Where nothing can be kept.
    pub async fn labels(&self, table: &str) -> Result<Kept> {
        self.0.opened().await;
        let kept = async {
            let (_, store) = self.label_store(IdbTransactionMode::Readonly)?;
            let range =
                IdbKeyRange::bound(&Array::of1(&table.into()), &Array::of2(&table.into(), &Array::new()));
            let range = range.ok()?;
            let keys = store.get_all_keys_with_key(&range).ok()?;
            let values = store.get_all_with_key(&range).ok()?;
            let (keys, values): (Array, Array) =
                (result(&keys).await?.dyn_into().ok()?, result(&values).await?.dyn_into().ok()?);
            let record = |(key, value): (JsValue, JsValue)| {
                let block = key.dyn_into::<Array>().ok()?.get(1).as_f64()?;
                let bytes = value.dyn_into::<Uint8Array>().ok()?.to_vec();
                Some(((block != HEAD).then_some(block as u32), Some(bytes)))
            };
            Some(keys.iter().zip(values.iter()).filter_map(record).collect())
        };
        kept.await.ok_or_else(|| Error::new(ErrorKind::Limit, texts::NO_STORAGE))
    }

    /// Writes what is to be kept of the labels of a table; whether that went well.
    pub async fn keep_labels(&self, table: &str, records: Kept) -> bool {
        self.0.opened().await;
        let Some((transaction, store)) = self.label_store(IdbTransactionMode::Readwrite) else {
            return false;
        };
        for (block, bytes) in records {
            let key = Array::of2(&table.into(), &block.map_or(HEAD, f64::from).into());
            let begun = match bytes {
                Some(bytes) => store.put_with_key(&Uint8Array::from(bytes.as_slice()), &key),
                None => store.delete(&key),
            };
            if begun.is_err() {
                let _ = transaction.abort();
                return false;
            }
        }
        complete(&transaction).await.is_ok()
    }

    fn label_store(&self, mode: IdbTransactionMode) -> Option<(IdbTransaction, IdbObjectStore)> {
        let database = self.0.database.borrow();
        let transaction = database.as_ref()?.transaction_with_str_and_mode(LABELS, mode).ok()?;
        let store = transaction.object_store(LABELS).ok()?;
        Some((transaction, store))
    }
}
