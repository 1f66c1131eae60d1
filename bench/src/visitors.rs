//! Visitors with signed tokens: asked for as pages do, because an event without one costs less.

use crate::load::together;
use crate::shop::{self, EXPERIMENTS, Visitor};
use crate::wire::Connection;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::cell::Cell;
use std::net::SocketAddr;
use uuid::Builder;

/// Connections over which they are asked for.
const CONNECTIONS: usize = 32;

/// That many visitors, who were exposed at `at_ms`.
pub(crate) async fn arrive(address: SocketAddr, count: usize, at_ms: i64) -> Result<Vec<Visitor>> {
    let left = &Cell::new(count);
    let crowds = together((0..CONNECTIONS).map(async |_| {
        let mut connection = Connection::open(address).await?;
        let mut random = fastrand::Rng::new();
        let mut crowd = Vec::new();
        while left.get() > 0 {
            left.set(left.get() - 1);
            let id = Builder::from_random_bytes(random.u128(..).to_be_bytes()).into_uuid();
            let id = id.to_string();
            let answer = connection.ask(&shop::bootstrap(&id)).await?;
            ensure!(answer.status == 200, "a bootstrap was answered {}", answer.status);
            let blob = serde_json::from_slice(answer.body)?;
            crowd.push(visitor(id, &blob, at_ms, &mut random).context("an unexpected blob")?);
        }
        Ok(crowd)
    }));
    Ok(crowds.await?.into_iter().flatten().collect())
}

fn visitor(id: String, blob: &Value, at_ms: i64, random: &mut fastrand::Rng) -> Option<Visitor> {
    let experiments = blob.get("experiments")?.as_array()?;
    let variant = |key: &str| {
        let found = experiments.iter().find(|experiment| experiment["experimentKey"] == key)?;
        Some(found["variant"]["key"].as_str()?.to_owned())
    };
    let [hero, product] = EXPERIMENTS;
    Some(Visitor {
        id,
        token: blob.get("visitorToken")?.as_str()?.to_owned(),
        variants: [variant(hero)?, variant(product)?],
        document: shop::id(random, at_ms),
        exposures: [shop::id(random, at_ms), shop::id(random, at_ms)],
    })
}
