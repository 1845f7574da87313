//! The address: what it restores, and what it says of what it can't.

use crate::sample::{DIFFUSIONDB, Table, sample_path};
use crate::stage::{play, until};

#[test]
fn a_link_restores_the_view() {
    play("restore", async |stage| {
        let table = Table::read(&sample_path(DIFFUSIONDB));
        let page = stage.page();
        stage.go_to_hub("table=diffusiondb-2m&cfg=7..12&sampler=!k_lms&columns=prompt,step&row=11").await;
        let spec = page.spec().await;
        page.settles_at(table.count(&spec)).await;
        let columns: Vec<_> = page.rows().await[0].cells.keys().cloned().collect();
        assert_eq!(columns, ["prompt", "step"]);
        page.find("button", "Close details").await;

        stage.browser.client.refresh().await.unwrap();
        page.settles_at(table.count(&spec)).await;
        assert_eq!(page.spec().await, spec);
    });
}

#[test]
fn back_and_forward_go_through_the_filters() {
    play("history", async |stage| {
        let table = Table::read(&sample_path(DIFFUSIONDB));
        let page = stage.page();
        stage.go_to_hub("table=diffusiondb-2m").await;
        page.settled().await;
        page.chart("step").await;
        page.drag("step", 0.1, 0.5).await;
        let filtered = until("a filter", async || {
            let spec = page.spec().await;
            (!spec.filters.is_empty()).then_some(spec)
        })
        .await;
        page.settles_at(table.count(&filtered)).await;
        // A drag is one step of the history, however many frames it had.
        stage.browser.client.back().await.unwrap();
        page.settles_at(5_000).await;
        assert!(page.spec().await.filters.is_empty());
        stage.browser.client.forward().await.unwrap();
        page.settles_at(table.count(&filtered)).await;
        assert_eq!(page.spec().await, filtered);
    });
}

#[test]
fn a_list_that_is_moved_as_it_comes_to_rest_stays_where_it_was_moved() {
    play("rest", async |stage| {
        let page = stage.page();
        stage.go_to_hub("table=diffusiondb-2m").await;
        page.settled().await;
        // The next timers that end first move the list, and its scroll event comes only afterwards.
        let script = "
            const grid = document.querySelector('[role=grid]');
            let scroller = grid;
            while (scroller.scrollHeight <= scroller.clientHeight + 10) scroller = scroller.parentElement;
            const timer = window.setTimeout;
            let moves = 3;
            window.setTimeout = (then, ms, ...rest) => timer.call(window, () => {
                if (ms > 100 && ms < 300 && moves > 0) scroller.scrollTop = 12000 - 1000 * moves--;
                then();
            }, ms, ...rest);
            scroller.scrollTop = 3000;
            return 11000 / grid.querySelector('[role=row][aria-rowindex=\"3\"]').getBoundingClientRect().height;";
        let row = stage.browser.client.execute(script, Vec::new()).await.unwrap().as_f64().unwrap() as u64;
        until("the last place", async || page.spec().await.at.filter(|at| at.abs_diff(row) <= 1)).await;
        assert!(page.rows().await.iter().any(|at| at.place == row + 2), "row {row}");
    });
}

#[test]
fn what_a_link_says_that_makes_no_sense_is_told() {
    play("bad-link", async |stage| {
        let page = stage.page();
        stage.go_to_hub("table=diffusiondb-2m&cfg=12..7&view=piano&step=50").await;
        let told = until("two things told", async || {
            let alerts = page.texts("alert").await.join(" / ");
            (alerts.contains("cfg") && alerts.contains("piano")).then_some(alerts)
        })
        .await;
        assert!(told.contains("ends before it"), "{told}");
        // The rest of the link counts.
        let count = page.settled().await;
        assert!(count > 0 && count < 5_000, "{count}");
    });
}

#[test]
fn a_filter_on_a_column_that_is_not_there_is_told() {
    play("bad-column", async |stage| {
        stage.go_to_hub("table=diffusiondb-2m&nonsense=1..2").await;
        stage.page().alert("nonsense").await;
        stage.page().settles_at(5_000).await;
    });
}

#[test]
fn a_frame_of_another_page_has_no_chrome() {
    play("embed", async |stage| {
        stage.go_to_hub("table=diffusiondb-2m&embed=1").await;
        stage.page().settles_at(5_000).await;
        stage.picture("embed").await;
    });
}
