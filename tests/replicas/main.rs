//! A primary with two streaming standbys, read through one `Db`: who reads what, and what happens when they fail.

mod connections;
mod named;
mod outages;
mod own_writes;
mod promotion;
mod requests;
mod routing;

use hyper_tests::standbys as cluster;
