"""Whether ours learns as well as Keras: final losses over several seeds, at equal settings. No time is compared."""

import statistics
from dataclasses import dataclass, replace

import scipy.stats

import contestant
from measurement import Section, Setup, say
from workloads import LOSSES, workload

# Epochs of each network: enough that the loss has become nearly flat.
EPOCHS = {"lstm-b32": 5, "autoencoder-b32": 5, "policy-b32": 10}
SAMPLES = 10_000
HELD_OUT = 0.2
SEEDS = 10
FIRST_SEED = 1
# What a reply calls a loss → what the table calls it.
MEASURES = {"loss": "training, last epoch", "held-out loss": "held out"}


@dataclass
class Comparison:
    """One loss of one network: a number for each seed."""

    network: str
    measure: str
    ours: list[float]
    keras: list[float]

    @property
    def difference(self) -> float:
        """Of the means, in standard deviations of Keras' seeds; above 0, ours is worse."""
        return (statistics.mean(self.ours) - statistics.mean(self.keras)) / statistics.stdev(self.keras)

    @property
    def agrees(self) -> bool:
        # Not the other way round: a NaN must not agree.
        return abs(self.difference) <= 1

    @property
    def in_range(self) -> int:
        """How many of ours lie between Keras' lowest and highest."""
        return sum(min(self.keras) <= loss <= max(self.keras) for loss in self.ours)

    @property
    def verdict(self) -> str:
        return "yes" if self.agrees else "NO: ours is lower" if self.difference < 0 else "NO: ours is higher"


def measure(setup: Setup) -> Section:
    seeds = setup.pairs or SEEDS
    if seeds < 2:
        raise contestant.Failure("a spread needs at least two seeds; give PAIRS=2 or more")
    samples = setup.samples(replace(workload("lstm-b32"), samples=SAMPLES))
    compared = [comparison for name in EPOCHS for comparison in _compare(setup, name, seeds)]
    return Section(
        "Final losses beside Keras'",
        [
            f"{seeds} trainings of each side from seeds {FIRST_SEED} to {FIRST_SEED + seeds - 1} on the same {samples:,} "
            f"samples, of which the last {HELD_OUT:.0%} are held out; "
            + ", ".join(f"{name} {epochs} epochs" for name, epochs in EPOCHS.items())
            + ". Mean ± standard deviation over the seeds (lowest – highest).", "",
            "Equal: the means differ by no more than one standard deviation of Keras' seeds. Beside it Welch's t-test: p is "
            "the probability of at least such a difference between two that learn alike.", "",
            "| network | loss | ours | Keras on JAX | difference of the means | ours in Keras' range | Welch's t, p | equal |",
            "|---|---|---|---|---|---|---|---|",
            *(row(comparison) for comparison in compared), "",
            "Seed by seed:", "", "| network | loss | who | in order of the seeds |", "|---|---|---|---|",
            *(line for comparison in compared for line in _each_seed(comparison)),
        ])


def row(losses: Comparison) -> str:
    test = scipy.stats.ttest_ind(losses.ours, losses.keras, equal_var=False)
    return (
        f"| {losses.network} | {losses.measure} | {_spread(losses.ours)} | {_spread(losses.keras)} "
        f"| {losses.difference:+.2f} standard deviations | {losses.in_range} of {len(losses.ours)} "
        f"| {test.statistic:+.2f}, {test.pvalue:.2f} | {losses.verdict} |")


def _spread(values: list[float]) -> str:
    return (
        f"{statistics.mean(values):.5f} ± {statistics.stdev(values):.5f} "
        f"({min(values):.5f} – {max(values):.5f})")


def _each_seed(losses: Comparison) -> list[str]:
    return [
        f"| {losses.network} | {losses.measure} | {who} | {', '.join(f'{value:.5f}' for value in values)} |"
        for who, values in [("ours", losses.ours), ("Keras", losses.keras)]
    ]


def _compare(setup: Setup, name: str, seeds: int) -> list[Comparison]:
    network = replace(workload(name), samples=SAMPLES)
    settings = setup.workload_settings(
        network, setup.data_folder(network), epochs=EPOCHS[name], heldOut=round(setup.samples(network) * HELD_OUT))
    replies = {"ours": [], "Keras": []}
    # It begins with this seed and takes the next for each run: its start takes seconds, that of ours does not.
    with contestant.peer(
            setup.python, f"keras-jax, each seed/{network.kind}", settings | {"seed": FIRST_SEED}) as keras:
        for seed in range(FIRST_SEED, FIRST_SEED + seeds):
            with contestant.ours(setup.program, network.kind, settings | {"seed": seed}) as ours:
                replies["ours"].append(ours.run())
            replies["Keras"].append(keras.run())
            latest = ", ".join(
                f"{who} " + ", ".join(f"{given[-1][key]:.5f} {meaning}" for key, meaning in MEASURES.items())
                for who, given in replies.items())
            say(f"{LOSSES}, {name}: seed {seed}: {latest}")
    require_same_samples(*replies["ours"], *replies["Keras"])
    return [
        Comparison(name, meaning, *([reply[key] for reply in given] for given in replies.values()))
        for key, meaning in MEASURES.items()
    ]


def require_same_samples(*replies: dict) -> None:
    """Losses mean nothing beside each other if they are of other samples."""
    found = {(reply["training samples"], reply["held-out samples"]) for reply in replies}
    if len(found) != 1:
        raise contestant.Failure(f"trained and judged on different numbers of samples: {sorted(found)}")
