//! How much of what is asked for is there, by how uneven that is and how much room there is. No clock.

use crate::arguments::Arguments;
use crate::memory;
use crate::workload::{self, KEYS};

pub(crate) fn measure(arguments: &Arguments) {
    let keys = workload::keys();
    for exponent in [0.8, 1.0, 1.1, 1.2] {
        let order = workload::zipf(exponent, 2 * arguments.operations);
        let (before, order) = order.split_at(arguments.operations);
        for room in [KEYS / 100, KEYS / 10, KEYS / 5, KEYS / 2] {
            let line = |name: &str, rate: f64| {
                println!(
                    r#"{{"what":"rates","name":"{name}","exponent":{exponent},"room":{room},"hits":{rate}}}"#
                )
            };
            line("ideal", workload::ideal(exponent, room));
            for contestant in memory::all(room, &keys) {
                if ["quick_cache", "moka sync", "LocMemCache::find"].contains(&contestant.name)
                    && arguments.has(contestant.name)
                {
                    (contestant.ask)(before);
                    line(contestant.name, (contestant.ask)(order) as f64 / order.len() as f64);
                }
            }
        }
    }
}
