//! 暂停 until a time.

use leptos::prelude::*;

use super::super::icon::{self, icon};
use super::super::time::Clock;
use super::{Controls, button};
use crate::task::Task;
use crate::ui::act::ActForm;
use crate::ui::context::plan_ui;

impl Controls {
    /// Some times with one click, any other in a field; also without JavaScript.
    pub(crate) fn pause_until(self, task: &Task, clock: &Clock) -> AnyView {
        let (ui, id) = (plan_ui(), task.id.0);
        let (pending, zone) = (self.control.pending(), clock.zone().to_owned());
        let quick = pause_times(clock).into_iter().map(|(until, word)| {
            view! {
                <ActForm action=self.control>
                    <input type="hidden" name="id" value=id/>
                    <input type="hidden" name="verb" value="pause"/>
                    <input type="hidden" name="until" value=until/>
                    {button("button small", icon::PAUSE, word, word.to_owned(), pending)}
                </ActForm>
            }
            .into_any()
        });
        view! {
            <details class="unfold">
                <summary class="button">{icon(icon::PAUSE)} {ui.pause_until}</summary>
                <div class="unfolded">
                    <div class="quick">{quick.collect_view()}</div>
                    <ActForm action=self.control>
                        <input type="hidden" name="id" value=id/>
                        <input type="hidden" name="verb" value="pause"/>
                        <label for="until">{ui.pause_until_field}</label>
                        <input
                            id="until" name="until" type="datetime-local" required
                            aria-describedby="until-hint"
                        />
                        <p id="until-hint" class="hint">{zone}</p>
                        {button("button primary", icon::PAUSE, ui.pause_submit, ui.pause_submit.to_owned(), pending)}
                    </ActForm>
                </div>
            </details>
        }
        .into_any()
    }
}

/// Common times to pause until; those of today only if they have not passed.
fn pause_times(clock: &Clock) -> Vec<(Signal<String>, &'static str)> {
    let ui = plan_ui();
    let ticking = clock.clone();
    let hour = Signal::derive(move || ticking.ahead(3600));
    let at = |days, time| Signal::stored(clock.on_day(days, time));
    let mut times = vec![(hour, ui.pause_hour)];
    if clock.today().get(11..).is_some_and(|time| time < "18:00") {
        times.push((at(0, "18:00"), ui.pause_today));
    }
    times.push((at(1, "09:00"), ui.pause_tomorrow));
    if clock.days_to_monday() > 1 {
        times.push((at(clock.days_to_monday(), "09:00"), ui.pause_monday));
    }
    times
}
