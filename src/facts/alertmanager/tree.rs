//! The routing tree of one document, with what routes inherit.

use super::Route;
use crate::facts::scalar::Scalar;
use crate::lang::duration;

/// The routes of one document, parents before children.
#[derive(Clone, Copy, Debug)]
pub struct RoutingTree<'a> {
    routes: &'a [Route],
    /// The operator puts this tree below a route that stands elsewhere.
    grafted: bool,
}

/// A setting as it holds at a route.
#[derive(Clone, Copy, Debug)]
pub struct Effective<'a> {
    /// Milliseconds; `None` if nobody can know or the text is no duration.
    pub ms: Option<i64>,
    /// The route that sets it; `None` for the default.
    pub route: Option<&'a Route>,
    /// The text there.
    pub value: Option<&'a Scalar>,
}

/// `group_wait`, `group_interval` and `repeat_interval` where no route sets them.
pub const DEFAULTS: &[(&str, i64)] =
    &[("group_wait", 30_000), ("group_interval", 300_000), ("repeat_interval", 14_400_000)];

impl<'a> RoutingTree<'a> {
    /// The tree of `routes`, all of one document and in order of their numbers.
    pub fn new(routes: &'a [Route], grafted: bool) -> Self {
        RoutingTree { routes, grafted }
    }

    /// All routes, the root first.
    pub fn routes(self) -> &'a [Route] {
        self.routes
    }

    /// The root.
    pub fn root(self) -> Option<&'a Route> {
        self.routes.first()
    }

    /// The parent of a route.
    pub fn parent(self, route: &Route) -> Option<&'a Route> {
        route.parent.and_then(|parent| self.routes.get(parent as usize))
    }

    /// The route and its parents, up to the root.
    pub fn upwards(self, route: &'a Route) -> impl Iterator<Item = &'a Route> {
        std::iter::successors(Some(route), move |route| self.parent(route))
    }

    /// The routes right below this one, in order.
    pub fn children(self, route: &Route) -> impl Iterator<Item = &'a Route> {
        let parent = route.index;
        self.routes
            .iter()
            .skip(parent as usize + 1)
            // Parents stand before children, so a subtree ends where a parent stands before it.
            .take_while(move |child| child.parent >= Some(parent))
            .filter(move |child| child.parent == Some(parent))
    }

    /// The receiver that gets what this route takes: its own or the nearest above.
    pub fn receiver(self, route: &'a Route) -> Option<&'a Scalar> {
        self.upwards(route).find_map(|route| {
            route.receiver.as_ref().filter(|name| !name.known || !name.text.is_empty())
        })
    }

    /// The labels this route groups by.
    pub fn group_by(self, route: &'a Route) -> Option<&'a [Scalar]> {
        self.upwards(route).find_map(|route| route.group_by.as_deref())
    }

    /// `group_wait`, `group_interval` or `repeat_interval` at this route.
    pub fn timing(self, route: &'a Route, field: &str) -> Effective<'a> {
        let set = self
            .upwards(route)
            .find_map(|route| route.timing.get(field).map(|value| (route, value)));
        match set {
            Some((route, value)) => Effective {
                ms: value.known_text().and_then(duration::prometheus),
                route: Some(route),
                value: Some(value),
            },
            None => {
                let open = self.grafted || self.upwards(route).any(|route| route.timing.open);
                let default = DEFAULTS.iter().find(|(name, _)| *name == field).map(|(_, ms)| *ms);
                Effective { ms: default.filter(|_| !open), route: None, value: None }
            }
        }
    }
}
