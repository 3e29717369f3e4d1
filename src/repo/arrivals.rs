//! Which alerts certainly come to each receiver.

use super::model::Model;
use super::routing::Answer;
use crate::facts::DocumentId;
use crate::facts::alertmanager::{Integration, Route};
use crate::facts::rules::AlertRule;
use std::collections::BTreeMap;

/// An alert that certainly comes to a receiver, and the route that takes it there.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'r> {
    /// The alert.
    pub alert: &'r AlertRule,
    /// The route; `None` for a root that is not written here.
    pub route: Option<&'r Route>,
}

/// Arrivals by the document and name of the receiver, in the order of the alerts.
pub type Arrivals<'r> = BTreeMap<(DocumentId, &'r str), Vec<Arrival<'r>>>;

impl<'r> Model<'r> {
    /// The alerts that certainly come to an integration.
    pub fn arrivals(&self, integration: &'r Integration) -> &[Arrival<'r>] {
        let arrivals = self.arrivals.get_or_init(|| {
            let mut arrivals = Arrivals::new();
            for alert in self.alerts() {
                let reached = self.routing().reached(alert.index);
                for it in reached.filter(|it| it.sure == Answer::Yes) {
                    let Some((document, name)) = it.receiver else { continue };
                    let arrival = Arrival { alert: alert.rule, route: it.route };
                    arrivals.entry((document, name.text.as_str())).or_default().push(arrival);
                }
            }
            arrivals
        });
        let name = integration.receiver_name.as_deref().unwrap_or_default();
        arrivals.get(&(integration.document, name)).map(Vec::as_slice).unwrap_or_default()
    }
}
