"""The words of the report's definitions (annex 8), in English."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH_DEFINITIONS: Mapping[str, str] = {
    "definition": "Item",
    "defined": "Definition",
    "define_data": "Data and version",
    "define_data_says": "Computed by policy {policy}, time up to {as_of}; recoveries, rulings and verdicts as known "
    "when drawn up{clocks}{position}. Each figure can be checked against the faults and intervals behind it.",
    "define_clocks": ", elapsed times of open faults up to {at}",
    "define_position": ", the ledger up to entry {seq} with digest {hash}",
    "define_period": "Period",
    "define_period_says": "From {begin} to {end}, that instant not included; all times are {zone}. {before}"
    "A fault counts in the period of its discovery, an overdue in the period in which its limit runs out; down time is "
    "divided at the bounds; a line that joined or left counts for its time in service only.",
    "define_before": "Last period: from {begin} to {end}, as long. ",
    "zone_beijing": "Beijing time ({offset})",
    "zone_other": "local time of {name} ({offset})",
    "define_found": "Outage and recovery",
    "define_found_says": "Every {interval} a round of {packets} ICMP echo requests measures each line; without any "
    "answer it has failed. {confirm} failed rounds in a row confirm an outage, which begins with the first of them; "
    "{restore} good ones confirm the recovery, which is the first of them. Fewer than {confirm} failed rounds are a "
    "blip, no fault, which is {blips} down time. A fault is discovered when the monitor confirms it or anybody "
    "reports it, whichever is first.",
    "blips_count": "counted as",
    "blips_do_not": "not counted as",
    "define_same": "One fault or two",
    "define_same_says": "Down again within {observe} of the recovery it is the same fault: the times down are added, "
    "the good time between them is not. A fault opened within {repeat} of the recovery names the one that it repeats. "
    "One that was down again {relapses} times within {flapping_within} is marked as flapping.",
    "define_limit": "Limit",
    "define_limit_says": "{limit} for each fault ({basis}), from {start} on, without the time that the centre "
    "approved to be left out. Exactly the limit is on time.",
    "basis_regulation": "Art. 26 of the regulation",
    "basis_other": "set by the policy; the regulation says 12 hours",
    "start_discovered": "its discovery",
    "start_first_failed": "the beginning of the outage",
    "start_notified": "the first notice that was delivered",
    "define_verdict": "Verdicts",
    "define_verdict_says": "The true recovery lies between the last failed round and the first good one. Within the "
    "limit by the first good round is on time; beyond it by the last failed round is late; anything else is "
    "disputable and never counted as late. An open fault is running while within the limit, then overdue. A fault is "
    "judged by the policy in force when it was first discovered.",
    "define_party": "Party",
    "define_party_says": "Ruled by the centre. Faults of the carrier, or not yet ruled, are on the carrier's account; "
    "those of the unit, the centre or a third party have no limit, and are listed in annex 2 all the same. Ruled back "
    "to the carrier, or to nobody yet, the clock counts from that ruling on.",
    "define_rates": "On-time and overdue rate",
    "define_rates_says": "Of the faults discovered in the period that are the carrier's or not yet ruled: on-time "
    "rate = on time ÷ (on time + late + overdue), overdue rate = (late + overdue) ÷ the same. Disputable and running "
    "ones are listed beside, and stand in neither.",
    "define_missed": "Overdue",
    "define_missed_says": "Faults whose limit ran out in the period before they were cleared, whenever discovered.",
    "define_repair": "Repair time",
    "define_repair_says": "Elapsed time of the faults discovered in the period that are the carrier's or not yet "
    "ruled, and restored: mean and median.",
    "define_availability": "Availability",
    "define_availability_says": "Raw: 1 − down ÷ (in service − unknown). Assessed: planned maintenance, excluded time "
    "and exempt faults are left out of both. A unit is up when any of its lines is known to be up, down when all are "
    "known to be down, else unknown. Mean unit availability is the arithmetic mean of the units' raw figures. With "
    "nothing to divide by there is no figure, printed as “—”, and it stands in no mean.",
    "define_unknown": "Unknown time",
    "define_unknown_says": "Where two accepted measurements are more than {stale} apart, the line is unknown from "
    "{interval} after the first until the second: neither up nor down. Coverage = (in service − unknown) ÷ in "
    "service. “At least” takes all unknown time as down, “at most” takes it as up.",
    "define_incident": "Incident",
    "define_incident_says": "Faults of one carrier that begin within {within} on at least {lines} lines below a node, "
    "and on at least {share} of its lines in service, are one incident; each has its own clock and verdict.",
    "define_rank": "Rank",
    "define_rank_says": "By overdue rate (lower first), then assessed availability (higher first), then mean repair "
    "time (shorter first); equal in all three is a shared rank. A carrier with fewer than {lines} lines in service or "
    "with coverage below {coverage} is not ranked.",
    "define_reference": "Reference value",
    "define_reference_says": "The availability of {reference} is for comparison; nobody is assessed or punished by it.",
    "define_rounding": "Rounding",
    "define_rounding_says": "Computed exactly, rounded once where it is printed: percentages are cut off after two "
    "decimals, lengths of time after the minute (the second in annex 1, in the annexes of the workbook, and where the "
    "minute would hide what is over the limit), neither is rounded up. A change is the difference of the two numbers "
    "printed, and is not given where the coverage of either period is below {coverage}. Without data “—” is printed.",
    "define_amendments": "Amendments",
    "define_amendments_says": "What is ruled after an edition is frozen changes no frozen edition, and stands in "
    "annex 7 of the next one.",
}
