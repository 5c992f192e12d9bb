"""What to answer to an order: accept, accept with a deposit, ask who may approve it, or refuse; and why.

Rules are read in order, each with its reason in euros and days: the state of the company, what it leaves unpaid, the
law on terms, the loss expected on the order, then the room left under its limit. A customer of which nothing is known
but a valid SIREN has the small credit of the policy.
"""

from __future__ import annotations

from dataclasses import dataclass

from riskkit.companies.events import write_state
from riskkit.decisions.credit_limits import approver
from riskkit.errors import Days, Message, Money, message
from riskkit.policy_decisions import DecisionsPolicy
from riskkit.sources.quality_terms import LegalTerm

YEAR_DAYS = 365
VERDICTS = ("accept", "deposit", "approve", "refuse")


@dataclass(frozen=True)
class Buyer:
    """What is known of who orders, money in cents; `is_known` is False for a SIREN that the ledger does not hold.

    `limit` is the one in force, else proposed (None: none of its own); `net_exposure` what it owes and has ordered,
    less what is insured; `old_overdue` what is late by the days that block new credit. Loss parts: value, low, high.
    """

    name: str
    is_known: bool
    is_catch_all: bool
    state: str
    risk_level: str
    limit_cents: int | None
    net_exposure_cents: int
    overdue_cents: int
    old_overdue_cents: int
    oldest_days: int
    usual_days: int | None
    recommended_days: int
    late_days: float
    probability_12m: float
    loss_parts: tuple[float, float, float]


@dataclass(frozen=True)
class Answer:
    """The answer to an order: money in cents; `approver` is a role of the policy where somebody must approve.

    `used` is what is set against the limit, before and after the order and its deposit. `expected_loss`: value, low,
    high, on what is not paid with the order.
    """

    verdict: str
    amount_cents: int
    deposit_cents: int
    approver: str | None
    terms_days: int
    is_lawful: bool
    limit_cents: int
    used_before_cents: int
    used_after_cents: int
    expected_loss_cents: tuple[int, int, int]
    reasons: tuple[Message, ...]


def new_customer(name: str, *, policy: DecisionsPolicy, loss_parts: tuple[float, float, float]) -> Buyer:
    """A buyer of which nothing is known: the credit, the terms and the chance of an event of the policy."""
    return Buyer(
        name=name, is_known=False, is_catch_all=False, state="unknown", risk_level="unknown",
        limit_cents=round(100 * policy.orders.new_customer_amount), net_exposure_cents=0, overdue_cents=0,
        old_overdue_cents=0, oldest_days=0, usual_days=None, recommended_days=policy.orders.new_customer_days,
        late_days=0.0, probability_12m=policy.limits.class_probabilities["unknown"], loss_parts=loss_parts,
    )  # fmt: skip


def answer_order(
    buyer: Buyer,
    *,
    amount_cents: int,
    terms_days: int | None,
    legal: LegalTerm,
    currency: str,
    policy: DecisionsPolicy,
) -> Answer:
    """The answer to an order.

    Parameters
    ----------
    buyer
        Who orders.
    amount_cents
        The order, tax included, above 0.
    terms_days
        Terms asked, days from issue; None: its usual ones, at most the recommended ones.
    legal
        Longest lawful terms.
    currency
        Of the reasons.
    policy
        Rules, limits and delegation.

    """
    if amount_cents <= 0:
        raise ValueError("an order has an amount")
    days, lawful, said = _terms(buyer, terms_days, legal)
    limit = buyer.limit_cents or 0
    used = max(buyer.net_exposure_cents, 0)
    share = buyer.probability_12m * min((days + max(buyer.late_days, 0.0)) / YEAR_DAYS, 1.0)
    verdict, deposit, who, why = _verdict(buyer, amount_cents, days, share, currency, policy)
    left = amount_cents - deposit
    lost = [round(left * share * part) for part in buyer.loss_parts]
    return Answer(
        verdict=verdict,
        amount_cents=amount_cents,
        deposit_cents=deposit,
        approver=who,
        terms_days=days,
        is_lawful=lawful,
        limit_cents=limit,
        used_before_cents=used,
        used_after_cents=used if verdict == "refuse" else used + left,
        expected_loss_cents=(lost[0], lost[1], lost[2]),
        reasons=(*why, *said, *_context(buyer, currency)),
    )


def _terms(buyer: Buyer, asked: int | None, legal: LegalTerm) -> tuple[int, bool, list[Message]]:
    """Terms of the answer, whether those asked are lawful, and what is said of them."""
    longest = min(buyer.recommended_days, legal.days)
    if asked is None:
        return min(buyer.usual_days if buyer.usual_days is not None else longest, longest), True, []
    if asked > legal.days:
        return longest, False, [message(
            "{asked} is more than {article} allows ({days} from issue): unlawful, answered at {longest}",
            asked=Days(asked), article=legal.article, days=Days(legal.days), longest=Days(longest),
        )]  # fmt: skip
    if asked > longest:
        return longest, True, [message("{asked} is too long for its risk: answered at {longest}",
                                       asked=Days(asked), longest=Days(longest))]  # fmt: skip
    return asked, True, []


def _verdict(
    buyer: Buyer, amount: int, days: int, share: float, currency: str, policy: DecisionsPolicy
) -> tuple[str, int, str | None, list[Message]]:
    """Verdict, deposit, who approves, and the reasons: the first rule that applies."""
    rules = policy.orders
    if buyer.state in rules.refused_states:
        return "refuse", 0, None, [message("Company in {state}: no sale on credit", state=write_state(buyer.state))]
    if buyer.old_overdue_cents >= max(round(100 * rules.blocked_overdue_amount), 1):
        return "refuse", 0, None, [message(
            "{money} unpaid for {limit} or more, the oldest for {days}: nothing new before it is paid",
            money=Money(buyer.old_overdue_cents, currency), limit=Days(rules.blocked_overdue_days),
            days=Days(buyer.oldest_days),
        )]  # fmt: skip
    if buyer.is_catch_all:
        return "deposit", amount, None, [message("Account of one-off customers: paid with the order")]
    if buyer.state in rules.prepaid_states:
        return "deposit", amount, None, [
            message("Company in {state}: paid before delivery", state=write_state(buyer.state))
        ]  # fmt: skip
    if share * buyer.loss_parts[0] > rules.refused_loss_share:
        return "refuse", 0, None, [message(
            "Expected loss of {percent} % of the order, above the {most} % that the policy accepts",
            percent=round(100 * share * buyer.loss_parts[0], 1), most=round(100 * rules.refused_loss_share, 1),
        )]  # fmt: skip
    if buyer.risk_level == "high" or days == 0:
        return "deposit", amount, None, [message("High risk: no credit at our own risk, paid before delivery")]
    return _within_limit(buyer, amount, currency, policy)


def _within_limit(
    buyer: Buyer, amount: int, currency: str, policy: DecisionsPolicy
) -> tuple[str, int, str | None, list[Message]]:
    """Whether the room left under the limit takes the order, with a deposit, or somebody has to approve it."""
    rules, used = policy.orders, max(buyer.net_exposure_cents, 0)
    limit = buyer.limit_cents or 0
    room = max(limit - used, 0)
    if amount <= room:
        return "accept", 0, None, [message("{room} of room under its limit of {limit}: the order fits",
                                           room=Money(room, currency), limit=Money(limit, currency))]  # fmt: skip
    missing = amount - room
    step = policy.terms.deposit_step
    part = min(-(-missing * 10_000 // (amount * round(step * 10_000))) * step, 1.0)
    if missing / amount <= rules.smallest_deposit:
        return "accept", 0, None, [message(
            "Beyond its limit by {missing}, under the {share} % for which a deposit is asked",
            missing=Money(missing, currency), share=round(100 * rules.smallest_deposit),
        )]  # fmt: skip
    if part <= rules.largest_deposit + 1e-9:
        return "deposit", round(amount * part), None, [message(
            "{room} of room under its limit of {limit}: a deposit of {share} % brings the order under it",
            room=Money(room, currency), limit=Money(limit, currency), share=round(100 * part),
        )]  # fmt: skip
    up = policy.limits.steps_up[buyer.risk_level] + policy.limits.steps_up_over
    who = approver(used + amount, steps_up=up, policy=policy.limits)
    return "approve", 0, who, [message(
        "It would owe {after} for a limit of {limit}: {missing} beyond, more than a deposit of {share} % covers",
        after=Money(used + amount, currency), limit=Money(limit, currency), missing=Money(missing, currency),
        share=round(100 * rules.largest_deposit),
    )]  # fmt: skip


def _context(buyer: Buyer, currency: str) -> list[Message]:
    """What else whoever decides should know."""
    said = []
    if not buyer.is_known:
        said.append(message("Not in this ledger: only the SIREN was checked. Ask for a Kbis extract, the last accounts "
                            "and two trade references before raising the credit of {limit}",
                            limit=Money(buyer.limit_cents or 0, currency)))  # fmt: skip
    if buyer.overdue_cents > buyer.old_overdue_cents:
        said.append(message("{money} is overdue today: ask for it with the order",
                            money=Money(buyer.overdue_cents, currency)))  # fmt: skip
    if buyer.late_days >= 1:
        said.append(message("Pays {days} late on average", days=Days(round(buyer.late_days))))
    return said
