//! What a repository owes others: whether what it lacks as a whole is missing from something that is
//! deployed for them, or from a stack that whoever has it starts for himself.

use super::Repo;
use super::services::PLATFORMS;
use super::standing::is_sample;
use crate::config::Profile;
use crate::facts::DocumentId;
use crate::identify::Kind;
use crate::lang::path::{folder, last};
use crate::source::Span;

/// Files that tell a tool or a platform how to deploy the repository.
const DEPLOYERS: &[&str] = &[
    "Capfile",
    "Dockerrun.aws.json",
    "Procfile",
    "Pulumi.yaml",
    "app.json",
    "appspec.yaml",
    "appspec.yml",
    "cdk.json",
    "clowdapp.yaml",
    "clowdapp.yml",
];
/// Endings of files that describe machines and what runs on them.
const MACHINES: &[&str] = &[".bicep", ".nomad", ".nomad.hcl", ".tf", ".tofu"];
/// Commands of pipelines that bring a program to where others use it.
const COMMANDS: &[&str] = &[
    "ansible-playbook",
    "argocd app sync",
    "aws ecs update-service",
    "az containerapp",
    "az webapp",
    "cdk deploy",
    "cf push",
    "eb deploy",
    "fly deploy",
    "flyctl deploy",
    "gcloud app deploy",
    "gcloud run deploy",
    "gcloud run services replace",
    "helm upgrade",
    "kamal deploy",
    "kubectl apply",
    "kubectl rollout",
    "kubectl set image",
    "nomad job run",
    "oc apply",
    "oc rollout",
    "pulumi up",
    "serverless deploy",
    "sls deploy",
    "terraform apply",
    "terragrunt apply",
];
/// Parts of the names of actions and tasks that do.
const ACTIONS: &[&str] = &[
    "amazon-ecs-deploy-task-definition",
    "argocd-deploy",
    "aws-codedeploy",
    "azure/container-apps-deploy",
    "azure/functions-action",
    "azure/k8s-deploy",
    "azure/webapps-deploy",
    "azurefunctionapp",
    "azurewebapp",
    "azurermwebappdeployment",
    "beanstalk-deploy",
    "deploy-azure-container-apps-action",
    "deploy-cloud-functions",
    "deploy-cloudrun",
    "helmdeploy",
    "kubernetesmanifest",
    "nais/deploy",
];
/// What starts a cluster of a test inside the pipeline.
const REHEARSED: &[&str] = &["k3d", "kind create", "kind-action", "minikube"];

impl Repo {
    /// Whether what is missing beside a document is certainly missing from what runs for others: it is
    /// deployed by more than a Compose file, or watched by alerts of its own. With Compose alone, it may be
    /// anybody's stack, started at home, to try something, or by those whom the product is given to.
    pub fn is_owed(&self, document: DocumentId) -> bool {
        if self.is_configured() {
            return true;
        }
        if self.only_shows()
            || self.is_for_others()
            || self.is_only_shown(document)
            || self.is_filled_in(document)
        {
            return false;
        }
        self.profile(document.source) == Profile::Production
            || self.is_in_cluster(document)
            || self.keeps_alerts()
            || !self.is_composed(document) && (self.is_deployed() || !self.has_compose())
    }

    /// Whether it is owed where something is missing at a place.
    pub fn is_owed_at(&self, place: Span) -> bool {
        let mut documents = self.facts.documents.iter();
        documents.any(|document| document.id.source == place.source && self.is_owed(document.id))
    }

    /// The same of what belongs to the repository as a whole, wherever it is reported.
    pub fn is_owed_by_all(&self, document: DocumentId) -> bool {
        let shown = self.only_shows() || self.is_for_others() || self.is_only_shown(document);
        self.is_owed(document) || !shown && self.is_deployed()
    }

    /// Whether something here deploys by more than a Compose file.
    pub fn is_deployed(&self) -> bool {
        let ours = |path: &&String| !is_sample(path);
        let mut paths = self.paths.iter().filter(ours);
        let placed = |path: &String| {
            [PLATFORMS, DEPLOYERS].iter().any(|files| files.contains(&last(path)))
                || MACHINES.iter().any(|ending| path.ends_with(ending))
                || path.contains("roles/") && path.ends_with("/tasks/main.yml")
        };
        let mut documents = self.facts.documents.iter();
        documents.any(|document| {
            (self.is_in_cluster(document.id) || document.kind == Kind::CloudFormation)
                && self.stands(document.id)
        }) || paths.any(placed)
            || self.has_deploying_job()
    }

    /// Whether a pipeline brings the program to where others use it.
    pub(super) fn has_deploying_job(&self) -> bool {
        self.facts.ci_jobs.iter().any(|job| {
            let does = |parts: &[&str]| {
                job.steps.iter().any(|step| {
                    let text = step.text.text.to_ascii_lowercase();
                    parts.iter().any(|part| text.contains(part))
                })
            };
            let acts = job.steps.iter().any(|step| {
                let words = if step.action { ACTIONS } else { COMMANDS };
                let text = step.text.text.to_ascii_lowercase();
                words.iter().any(|word| text.contains(word))
            });
            acts && !does(REHEARSED)
        })
    }

    /// Whether a document is an object of a cluster or of a chart, or stands in one.
    pub fn is_in_cluster(&self, document: DocumentId) -> bool {
        let is = |id: DocumentId| {
            let document = self.document(id);
            matches!(
                document.kind,
                Kind::Kubernetes | Kind::HelmChart | Kind::HelmValues | Kind::PrometheusOperator
            ) || document.object.is_some()
        };
        is(document) || self.document(document).host.is_some_and(is)
    }

    /// Whether a document is a Compose file, or what a container of one reads.
    pub fn is_composed(&self, document: DocumentId) -> bool {
        let is = |id: DocumentId| self.document(id).kind == Kind::Compose;
        is(document)
            || self.document(document).host.is_some_and(is)
            || self.own_containers().any(|container| {
                container.workload == "compose" && self.belongs(container, document)
            })
    }

    /// Whether a Compose file starts more than what a developer needs beside the program.
    fn has_compose(&self) -> bool {
        let deploying = self.deploying();
        deploying.iter().any(|id| self.document(*id).kind == Kind::Compose)
    }

    /// Whether a document only shows what another keeps: a dashboard, saved searches.
    fn is_only_shown(&self, document: DocumentId) -> bool {
        matches!(
            self.document(document).kind,
            Kind::GrafanaDashboard | Kind::KibanaObjects | Kind::LogQuery
        )
    }

    /// Whether a program of Go fills a document in for those who use it: a template beside its code.
    fn is_filled_in(&self, document: DocumentId) -> bool {
        let home = folder(&self.source(document.source).path);
        let beside = |path: &&String| {
            path.ends_with(".go") && (folder(path) == home || folder(path) == folder(home))
        };
        self.document(document).masked
            && !self.is_in_cluster(document)
            && self.paths.iter().filter(beside).any(|path| !folder(path).is_empty())
    }

    /// Whether rules here alert on what runs: somebody is called for it.
    fn keeps_alerts(&self) -> bool {
        self.facts.alert_rules.iter().any(|alert| {
            let kind = self.document(alert.document).kind;
            matches!(kind, Kind::PrometheusRules | Kind::PrometheusOperator)
                && self.stands(alert.document)
        })
    }
}
