//! The registry of views and panels: one line for each says which module its code is in and which component
//! it is. What links and keys know of views is in [`crate::view::views`].
//!
//! The entry functions of the modules are the only code that names the components: what the first module can
//! reach by a function pointer can't be in another one.

use crate::ui::charts::rail_sheet::RailSheet;
use crate::ui::charts::save::SaveChartPanel;
use crate::ui::compare::Compare;
use crate::ui::detail::DetailDrawer;
use crate::ui::gallery::Gallery;
use crate::ui::groups::GroupsView;
use crate::ui::groups::differences::DifferencesView;
use crate::ui::groups::pin::PinLine;
use crate::ui::panels::about::AboutPanel;
use crate::ui::panels::empty::NothingMatches;
use crate::ui::panels::export::ExportPanel;
use crate::ui::panels::help::HelpSheet;
use crate::ui::panels::labels::LabelsPanel;
use crate::ui::panels::metadata::Metadata;
use crate::ui::panels::settings::SettingsPanel;
use crate::ui::panels::shortcuts::Sheet;
use crate::ui::panels::subset::SubsetPanel;
use crate::ui::panels::top_bar::DatasetList;
use crate::ui::plot::{PlotAside, PlotView};
use crate::ui::preference::PairsPart;
use crate::ui::runtime::lazy::{Entry, Lazy, Loading, Module, Registry};
use crate::ui::search::phrases::PhrasesView;
use crate::ui::search::prompts::PromptsView;
use crate::ui::search::suggest::Suggestions;
use crate::ui::start::StartPage;
use crate::ui::start::added::AddedTables;
use crate::ui::start::repository::RepositoryPage;
use crate::ui::store::read_lazy;
use crate::ui::table::Table;
use crate::ui::table::columns_menu::ColumnsPanel;
use crate::ui::widgets::icon::Icon;
use crate::view::host::read;
use crate::view::spec::View;
use leptos::prelude::*;

macro_rules! registry {
    ($($(#[$about:meta])* $entry:ident: $module:ident ($reader:expr, $catalogue:expr) {
        $($part:ident $(($view:ident, $icon:ident))? => $component:ident,)*
    })*) => {
        $($(#[$about])*
        pub fn $entry() -> &'static Entry {
            &Entry {
                parts: &[$((Lazy::$part $((View::$view))?, || view! { <$component/> }.into_any())),*],
                reader: $reader,
                catalogue: $catalogue,
            }
        })*

        const fn module_of(part: Lazy) -> Module {
            match part {
                $($(Lazy::$part $((View::$view))? => Module::$module,)*)*
            }
        }

        const fn icon_of(view: View) -> Icon {
            match view {
                $($($(View::$view => Icon::$icon,)?)*)*
            }
        }
    };
}

registry! {
    /// What the page begins with.
    main: Main (None, None) {
        View(Table, Table) => Table,
    }
    /// Entry of [`Module::Images`].
    images: Images (Some(read_lazy), None) {
        View(Gallery, Gallery) => Gallery,
        View(Compare, Compare) => Compare,
        Detail => DetailDrawer,
    }
    /// Entry of [`Module::Texts`].
    texts: Texts (Some(read_lazy), None) {
        View(Prompts, Prompts) => PromptsView,
        View(Phrases, Phrases) => PhrasesView,
        Suggestions => Suggestions,
    }
    /// Entry of [`Module::Groups`].
    groups: Groups (Some(read_lazy), None) {
        View(Groups, Groups) => GroupsView,
        View(Differences, Differences) => DifferencesView,
        Pin => PinLine,
    }
    /// Entry of [`Module::Plot`].
    plot: Plot (Some(read_lazy), None) {
        View(Plot, Plot) => PlotView,
        Plot => PlotAside,
    }
    /// Entry of [`Module::Panels`].
    panels: Panels (Some(read_lazy), Some(read)) {
        View(Metadata, Metadata) => Metadata,
        Repository => RepositoryPage,
        Shortcuts => Sheet,
        Help => HelpSheet,
        Settings => SettingsPanel,
        About => AboutPanel,
        Export => ExportPanel,
        Subset => SubsetPanel,
        Labels => LabelsPanel,
        Columns => ColumnsPanel,
        Added => AddedTables,
        Datasets => DatasetList,
        Nothing => NothingMatches,
        SaveChart => SaveChartPanel,
        RailSheet => RailSheet,
    }
    /// Entry of [`Module::Preference`].
    preference: Preference (Some(read_lazy), None) {
        Pairs => PairsPart,
    }
    /// Entry of [`Module::Start`], which asks the data thread for nothing.
    start: Start (None, None) {
        Start => StartPage,
    }
}

/// The registry; `load` fetches a module.
pub const fn registry(load: fn(Module) -> Loading) -> Registry {
    Registry { module_of, icon_of, load }
}
