"""The protocols of exchange rates, as the suite is told of them."""

from connectors.rates import Hkma
from sandbox import hkma

from .case import Case, Endpoint, Lacks, nothing

HKMA = Case(
    module=Hkma,
    simulator=hkma,
    campus="CWB",
    account=Lacks("the figures are everybody's"),
    repeats=True,
    counts=frozenset({"datasize"}),
    endpoints={
        "rates": Endpoint(
            arguments=nothing,
            told=lambda rates: list(rates.prices),
            held=Lacks("figures are out by the clock; test_hkma_connector.py reads them column by column"),
            page=Lacks("four weeks are one answer"),
            absent=Lacks("all currencies are asked for"),
            words={},
        ),
    },
)
