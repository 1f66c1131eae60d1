//! From settings to a running collector, and to its orderly end.

use crate::admin::catalog::Catalog;
use crate::admin::import::import;
use crate::admin::keys::{AdminKey, Keys};
use crate::app::App;
use crate::clock::now_ms;
use crate::config::Serve;
use crate::http::openapi::Document;
use crate::http::rate_limit::RateLimit;
use crate::http::router;
use crate::http::server::{self, DRAIN};
use crate::http::session::Sessions;
use crate::ingest::log::{Log, Writer};
use crate::ingest::replay::{Replayed, replayed};
use crate::ingest::suppressed::Suppressed;
use crate::store::{Changes, DataFolder, Documents, Reader, erased_visitors};
use crate::telemetry;
use crate::webhooks::{self, Courier, Guard, Reach, System, Webhooks};
use anyhow::Context;
use arc_swap::ArcSwap;
use metrics_exporter_prometheus::PrometheusHandle;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

/// How often what was measured is summed up: keeps a few thousand samples at most.
const METRICS_UPKEEP: Duration = Duration::from_secs(5);

/// Runs the collector until it is told to stop.
///
/// # Errors
/// Whatever keeps it from starting: the data folder, the import file, the address. Each is one
/// readable sentence with its causes.
pub fn serve(settings: Serve) -> anyhow::Result<()> {
    telemetry::start();
    let listen = settings.listen;
    let (app, key, writer) = open(settings)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let served = runtime.block_on(listen_until_stopped(listen, Arc::clone(&app), &key));
    // Requests hold the app and with it the log; once they are gone the writer ends.
    runtime.shutdown_timeout(DRAIN);
    drop(app);
    writer.join();
    served
}

/// Opens the data folder and brings the counts up to date.
fn open(settings: Serve) -> anyhow::Result<(Arc<App>, AdminKey, Writer)> {
    let folder = Arc::new(DataFolder::open(&settings.data)?);
    let mut connection = folder.connect()?;
    if let Some(file) = &settings.import {
        import(&mut connection, file, &settings.webhook_schedule, now_ms())?;
    }
    let documents = Documents(&connection);
    let (keys, key) = Keys::load(&documents, settings.admin_key.as_deref())?;
    let catalog = Catalog::load(&documents, &keys)?;
    for project in catalog.projects().iter().filter(|project| project.origins.allow_all()) {
        tracing::warn!(project = %project.key(), "every origin may send events: for local work only");
    }
    let began = Instant::now();
    let Replayed { fold, names, events } =
        replayed(&folder, &catalog).context("the stored events cannot be read")?;
    tracing::info!(events, replay_ms = began.elapsed().as_millis(), "the log was replayed");
    let fold = Arc::new(RwLock::new(fold));
    let suppressed = Arc::new(Suppressed::new(erased_visitors(&connection)?));
    let (log, writer) =
        Log::start(Arc::clone(&folder), Arc::clone(&fold), Arc::clone(&suppressed))?;
    let reach = if settings.allow_private_webhooks { Reach::Private } else { Reach::Public };
    let app = App {
        catalog: ArcSwap::from_pointee(catalog),
        keys,
        log,
        suppressed,
        names,
        reader: Reader(Arc::clone(&folder)),
        changes: Changes(folder),
        webhooks: Webhooks::new(Guard(reach), settings.webhook_schedule),
        metrics: telemetry::metrics()?,
        fold,
        sessions: Sessions::default(),
        openapi: Document::build()?,
        rate_limit: RateLimit::new(settings.rate_limit),
        country_header: settings.country_header,
        demo: settings.demo,
        draining: AtomicBool::new(false),
    };
    Ok((Arc::new(app), key, writer))
}

async fn listen_until_stopped(
    listen: SocketAddr,
    app: Arc<App>,
    key: &AdminKey,
) -> anyhow::Result<()> {
    let listener =
        TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
    let address = listener.local_addr()?;
    let stop = stopped(Arc::clone(&app))?;
    tokio::spawn(keep_metrics(app.metrics.clone()));
    let courier = Courier::new(app.webhooks.guard, System)?;
    let (stop_webhooks, stopped) = oneshot::channel::<()>();
    let delivering = tokio::spawn(webhooks::run(Arc::clone(&app), courier, async {
        // Sent or dropped, it is over.
        let _ = stopped.await;
    }));
    telemetry::announce(address, key);
    server::serve(listener, router::router(app), stop).await;
    drop(stop_webhooks);
    delivering.await.context("the deliverer of webhooks ended by a panic")
}

/// Sums up what was measured, which would otherwise pile up until somebody asks for it.
async fn keep_metrics(metrics: PrometheusHandle) {
    let mut ticks = tokio::time::interval(METRICS_UPKEEP);
    loop {
        ticks.tick().await;
        metrics.run_upkeep();
    }
}

/// Ends when the process is told to stop; from then on `/ready` says no.
fn stopped(app: Arc<App>) -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        app.draining.store(true, Ordering::Relaxed);
        tracing::info!("stopping: open requests are answered first");
    })
}
