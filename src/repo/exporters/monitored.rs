//! Exporters by what monitors lead to: services, and the pods behind them.

use super::Reads;
use crate::facts::deploy::Container;
use crate::facts::prometheus::{JobForm, ScrapeJob};
use crate::metrics::Exporter;
use crate::repo::Repo;

impl Repo {
    /// Whether a monitor certainly leads to a container that runs an exporter.
    pub(super) fn is_monitored(&self, exporter: &Exporter) -> bool {
        let running = self.own_containers().filter(|container| exporter.runs_in(container));
        running.into_iter().any(|container| self.is_monitored_by(container, self.own_jobs()))
    }

    /// Whether one of these jobs is a monitor that certainly leads to a container.
    fn is_monitored_by<'r>(
        &self,
        container: &Container,
        jobs: impl Iterator<Item = &'r ScrapeJob>,
    ) -> bool {
        let monitor =
            |job: &&ScrapeJob| matches!(job.form, JobForm::ServiceMonitor | JobForm::PodMonitor);
        let mut jobs = jobs.filter(monitor).peekable();
        jobs.peek().is_some() && {
            let reached = self.reached(container);
            jobs.any(|job| self.job_reads(job, &reached) == Reads::Yes)
        }
    }

    /// Whether a monitor leads to a program whose metrics are of others.
    pub fn monitors_what_passes_on(&self, job: &ScrapeJob) -> bool {
        const PASS_ON: &[&str] = &["kube-state-metrics", "pushgateway"];
        let passes = |container: &&Container| {
            let name = container.image_name();
            name.is_some_and(|name| PASS_ON.iter().any(|it| name.contains(it)))
        };
        let mut passing = self.own_containers().filter(passes);
        passing.any(|container| self.is_monitored_by(container, std::iter::once(job)))
    }
}
