"""A made-up run, realistic in shape: 22 customers, 36 months, 12 divisions, one hostile name. No real company."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import message
from riskkit.exhibits.run_tables import RunTables

AS_OF = dt.date(2024, 12, 31)
HOSTILE = "<script>alert(1)</script> & Fils"
BUCKETS = ("not_due", "d1_30", "d31_60", "d61_90", "d91_180", "over_180", "undated")
NAMES = (
    "CHARPENTES ET COUVERTURES RÉUNIES DU HAUT-JURA",
    HOSTILE,
    "SOCIÉTÉ COOPÉRATIVE DES TRAVAUX PUBLICS ET D'ASSAINISSEMENT DE LA VALLÉE",
    "Menuiserie Kéraudren",
    "ÉTABLISSEMENTS FRANÇOIS-XAVIER D'HAUTEVILLE & NEVEUX",
    "Plomberie Générale 12",
    "Groupement d'intérêt économique des maçons de l'Estuaire",
    "Hôtel $x_1$ des Voyageurs",
    "Ateliers Mécaniques du Val",
    "Transports Boréal",
    "Carrelages Œuvrard",
    "Fonderie des Trois Rivières",
    "Laiterie du Plateau",
    "Imprimerie Nord-Est",
    "Cabinet Lys",
    "Boulangerie industrielle Ô Fournil",
    "Électricité Automatisme Industriel Maintenance",
    "Verrerie du Lac",
    "Scierie Haute-Futaie",
    "Peintures et Ravalements de l'Ouest",
    "CLIENTS DIVERS",
    "Garage de la Gare",
)
SECTORS = (  # label, customers, exposure share, overdue share, low, high, finding
    ("Travaux de construction spécialisés", 6, 0.205, 0.412, 0.291, 0.538, True),
    ("Commerce de gros, à l'exception des automobiles et des motocycles", 3, 0.152, 0.131, 0.052, 0.224, False),
    ("Fabrication de machines et équipements n.c.a.", 2, 0.148, 0.104, 0.031, 0.195, False),
    ("Transports terrestres et transport par conduites", 1, 0.085, 0.081, 0.012, 0.160, False),
    ("Génie civil", 1, 0.072, 0.075, 0.005, 0.171, False),
    ("Industries alimentaires", 2, 0.093, 0.052, 0.010, 0.110, False),
    (
        "Travail du bois et fabrication d'articles en bois et en liège, à l'exception des meubles",
        1,
        0.06,
        0.043,
        0.0,
        0.1,
        False,
    ),
    ("Hébergement", 1, 0.031, 0.035, 0.0, 0.09, False),
    ("Imprimerie et reproduction d'enregistrements", 1, 0.044, 0.022, 0.0, 0.06, False),
    ("Fabrication d'autres produits minéraux non métalliques", 1, 0.05, 0.02, 0.0, 0.05, False),
    ("Activités juridiques et comptables", 1, 0.02, 0.005, 0.0, 0.02, False),
    ("", 2, 0.04, 0.02, 0.0, 0.06, False),
)


def make_ageing() -> pd.DataFrame:
    """Balances that fall like 1/rank; late shares drawn once from a seed."""
    draw = np.random.default_rng(7)
    rows = []
    for rank, name in enumerate(NAMES):
        balance = round(420_000 / (rank + 1.4) + 900, 2)
        late = float(draw.beta(1.2, 3.5)) if rank not in (0, 2) else 0.62
        parts = draw.dirichlet((5, 3, 2, 2, 1)) * late * balance
        overdue = [round(float(part), 2) for part in parts]
        undated = 1250.0 if rank == 20 else 0.0
        unapplied = round(balance * 0.04, 2) if rank % 5 == 3 else 0.0
        amounts = [round(balance - sum(overdue) - undated, 2), *overdue, undated]
        row: dict[str, object] = {"customer_id": f"411{rank:04}", "customer_name": name}
        row |= {f"{code}_amount": amount for code, amount in zip(BUCKETS, amounts, strict=True)}
        row |= {
            "open_items_amount": balance,
            "overdue_amount": round(sum(overdue), 2),
            "unapplied_amount": unapplied,
            "receivables_amount": round(balance - unapplied, 2),
            "oldest_days_past_due": int(draw.integers(185, 320)),
        }
        rows.append(row)
    ageing = pd.DataFrame(rows)
    ageing["oldest_days_past_due"] = ageing["oldest_days_past_due"].astype("Int64")
    return ageing.sort_values("receivables_amount", ascending=False, ignore_index=True)


def make_measures(ageing: pd.DataFrame) -> pd.DataFrame:
    """Thirty-six month ends; seasonal DSO that ends at 58.2 after 64.4 a year before."""
    ends = pd.date_range(end=pd.Timestamp(AS_OF), periods=36, freq="ME")
    draw = np.random.default_rng(11)
    wave = 3 * np.sin(np.arange(36) / 12 * 2 * np.pi)
    dso = 66 + wave - np.linspace(0, 6, 36) + draw.normal(0, 0.9, 36)
    dso[-13], dso[-1] = 64.4, 58.2
    best = dso - 15 - draw.normal(0, 0.8, 36)
    receivables = float(ageing["receivables_amount"].sum())
    overdue = float(ageing["overdue_amount"].sum())
    late = np.clip(overdue / receivables + np.linspace(0.05, 0, 36) + draw.normal(0, 0.006, 36), 0, 1)
    late[-1] = overdue / receivables
    level = receivables * (1 + np.linspace(-0.12, 0, 36) + draw.normal(0, 0.02, 36) * (np.arange(36) < 35))
    series = {
        "receivables_amount": level,
        "open_items_amount": level + float(ageing["unapplied_amount"].sum()),
        "unapplied_amount": np.full(36, float(ageing["unapplied_amount"].sum())),
        "overdue_amount": level * late,
        "overdue_share": late,
        "sales_12m_amount": level / dso * 365,
        "dso_days": dso,
        "countback_dso_days": dso + 4 + draw.normal(0, 2, 36),
        "best_possible_dso_days": best,
        "average_days_delinquent_days": dso - best,
        "days_beyond_terms_days": 9 + wave / 3 + draw.normal(0, 0.5, 36),
        "days_beyond_terms_floored_days": 13 + wave / 3,
        "mean_payment_delay_days": 51 + wave,
        "collection_effectiveness_rate": 0.81 + wave / 100,
        "recovery_rate": 0.86 - wave / 200,
        "at_risk_rate": 0.031 + wave / 1000,
        "overdue_sales_share": late * dso / 365,
        "disputed_amount": np.full(36, 18_400.0),
        "customers_count": np.full(36, 22.0),
        "overdue_customers_count": np.full(36, 19.0),
    }
    rows = [
        (day, name, float(value), None)
        for name, values in series.items()
        for day, value in zip(ends, values, strict=True)
    ]
    missing = [
        (day, name, float("nan"), "no customer owed anything a year before")
        for day in ends
        for name in ("default_rate", "default_amount_rate")
    ]
    return pd.DataFrame(rows + missing, columns=["as_of", "measure", "value", "reason"])


def make_sectors(ageing: pd.DataFrame) -> pd.DataFrame:
    """Twelve divisions, one of them a finding, the last one unknown."""
    opened, overdue = float(ageing["open_items_amount"].sum()), float(ageing["overdue_amount"].sum())
    rows = []
    for rank, (label, customers, exposure, share, low, high, is_finding) in enumerate(SECTORS):
        rows.append(
            {
                "level": "division",
                "code": f"{43 + rank}" if label else "unknown",
                "label": label or "unknown",
                "customers_count": customers,
                "sales_12m_amount": opened * exposure * 6,
                "sales_share": exposure,
                "open_items_amount": opened * exposure,
                "exposure_share": exposure,
                "overdue_amount": overdue * share,
                "overdue_share": share,
                "overdue_share_low": low,
                "overdue_share_high": high,
                "lift": share / exposure,
                "lift_low": low / exposure,
                "lift_high": high / exposure,
                "excess_overdue_amount": overdue * (share - exposure),
                "excess_overdue_low_amount": overdue * (low - exposure),
                "excess_overdue_high_amount": overdue * (high - exposure),
                "largest_customer_share": 0.44,
                "largest_customer_name": NAMES[0],
                "is_finding": is_finding,
            }
        )
    return pd.DataFrame(rows)


def make_run() -> RunTables:
    ageing = make_ageing()
    measures = make_measures(ageing)
    last = measures[measures["as_of"] == pd.Timestamp(AS_OF)].set_index("measure")
    kpis = {name: None if np.isnan(value) else float(value) for name, value in last["value"].items()}
    opened = float(ageing["open_items_amount"].sum())
    unapplied = float(ageing["unapplied_amount"].sum())
    manifest = {
        "riskkit_version": "0.1.0",
        "portfolio": "ateliers-du-val",
        "as_of": AS_OF.isoformat(),
        "currency": "EUR",
        "policy_sha256": "0f3c" * 16,
        "sources": [
            {
                "file": "clients.xlsx",
                "kind": "customers",
                "rows_read": 22,
                "rows_accepted": 22,
                "rows_rejected": 0,
                "amount_accepted": 0.0,
                "amount_rejected": 0.0,
            },
            {
                "file": "factures 2022-2024.xlsx",
                "kind": "invoices",
                "rows_read": 5412,
                "rows_accepted": 5404,
                "rows_rejected": 8,
                "amount_accepted": 21_350_402.11,
                "amount_rejected": 4_310.2,
            },
            {
                "file": "règlements_2022_2024.csv",
                "kind": "payments",
                "rows_read": 4978,
                "rows_accepted": 4978,
                "rows_rejected": 0,
                "amount_accepted": 19_830_000.0,
                "amount_rejected": 0.0,
            },
        ],
        "reconciliation": {
            "invoiced": 21_350_402.11,
            "credited": 310_220.4,
            "received": round(21_350_402.11 - 310_220.4 - 12_400.0 - (opened - unapplied), 2),
            "written_off": 12_400.0,
            "unapplied": unapplied,
            "open": opened,
            "difference": 0.0,
        },
        "matching": {"lettering": 0.0, "reference": 0.913, "fifo": 0.071, "none": 0.016},
        "terms": {"code": "30FM", "source": "inferred", "share": 0.64},
        "kpis": kpis,
        "not_computable": {
            name: "no customer owed anything a year before" for name, value in kpis.items() if value is None
        },
    }
    open_items = pd.DataFrame({"item_id": ["i1"], "customer_id": ["4110000"], "open_amount": [opened]})
    return RunTables(
        company="Ateliers du Val d'Armance",
        as_of=AS_OF,
        currency="EUR",
        manifest=manifest,
        measures=measures,
        open_items=open_items,
        ageing=ageing,
        sectors=make_sectors(ageing),
        unapplied=pd.DataFrame(),
        findings=(message("{count} customers have no SIREN, first '{name}'.", count=3, name=HOSTILE),),
    )


@pytest.fixture(scope="session")
def run() -> RunTables:
    """The made-up run; nobody changes it."""
    return make_run()
