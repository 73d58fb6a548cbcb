"""Deals as CRM systems export them, with the columns that each exports by default."""

import datetime as dt
import re

from funnel.grid import Grid
from funnel.reading import read_grids
from funnel.reading.sentences import lines

N = 60
FIRST = dt.datetime(2026, 1, 5, 9)
OWNERS = ("Sara Lind", "Tom Weber", "Ines Rossi")


def made(n):
    return FIRST + dt.timedelta(days=4 * n)


def closed(n):
    return made(n) + dt.timedelta(days=20 + n % 9)


def ended(n):
    """How a deal ended: two of five are won, two lost; the last ten are open."""
    return "Open" if n >= N - 10 or n % 5 == 4 else "Won" if n % 5 < 2 else "Lost"


def read(**columns):
    cells = [[header.replace("_", " "), *map(cell, range(N))] for header, cell in columns.items()]
    return read_grids({"deals": Grid("deals", cells)}, dt.date(2026, 11, 28), "deals.csv")


def roles(reading):
    return {belief.role: belief.header for belief in reading.columns}


def read_system(stages, **columns):
    """Read the export of a system whose stages include won and lost, with a close date in every row."""

    def stage(n):
        end = ended(n)
        return stages[n % len(stages)] if end == "Open" else f"Closed {end}"

    def close(n):
        return (closed(n) if ended(n) != "Open" else dt.datetime(2027, 1, 15)).date()

    shared = {"stage": stage, "close": close, "made": made, "owner": lambda n: OWNERS[n % 3]}
    return read(
        **{header: shared[cell] if isinstance(cell, str) else cell for header, cell in columns.items()}
    )


def check(reading, stages, client, lead, close):
    assert (reading.is_guess, reading.shape) == (False, "stages+dates")
    assert [step.step for step in reading.steps] == [*stages, "Closed Won"]
    assert [step.step for step in reading.steps if step.paid] == ["Closed Won"]
    assert [stage.stage for stage in reading.stages if stage.lost] == ["Closed Lost"]
    found = roles(reading)
    assert (found["client"], found["lead_date"], found["close_date"]) == (client, lead, close)


def test_pipedrive_in_portuguese():
    """Its own order: a deal is qualified before the contact is made."""
    stages = [
        "Qualificado",
        "Contato feito",
        "Demonstração agendada",
        "Proposta feita",
        "Negociações iniciadas",
    ]
    status = {"Open": "Aberto", "Won": "Ganho", "Lost": "Perdido"}
    columns = {
        "Negócio - ID": lambda n: n + 1,
        "Negócio - Título": lambda n: f"Negócio Empresa {n}",
        "Negócio - Pessoa de contato": lambda n: f"Pessoa {n}",
        "Negócio - Proprietário": lambda n: OWNERS[n % 3],
        "Negócio - Etapa": lambda n: stages[-1] if ended(n) == "Won" else stages[n % len(stages)],
        "Negócio - Status": lambda n: status[ended(n)],
        "Negócio - Negócio criado em": made,
    }
    cells = [[header, *map(cell, range(N))] for header, cell in columns.items()]
    reading = read_grids({"deals": Grid("deals", cells)}, dt.date(2026, 11, 28), "deals.csv")
    assert [step.step for step in reading.steps] == [*stages, "Ganho"]
    assert [stage.stage for stage in reading.stages if stage.lost] == ["Perdido"]
    assert not reading.is_guess


def test_hubspot():
    stages = [
        "Appointment Scheduled", "Qualified To Buy", "Presentation Scheduled", "Decision Maker Bought-In",
        "Contract Sent",
    ]  # fmt: skip
    reading = read_system(
        stages,
        Record_ID=lambda n: 9_000_000 + n,
        Deal_Name=lambda n: f"Firm {n} - New Deal",
        Deal_Stage="stage",
        Close_Date="close",
        Deal_owner="owner",
        Amount=lambda n: 900 + n % 4,
        Pipeline=lambda n: "Sales Pipeline",
        Create_Date="made",
        Last_Activity_Date=closed,
        Associated_Company=lambda n: f"Firm {n % 20}",
        Closed_Lost_Reason=lambda n: "Price" if ended(n) == "Lost" else None,
    )
    check(reading, stages, "Deal Name", "Create Date", "Close Date")
    assert roles(reading)["left_reason"] == "Closed Lost Reason"


def test_salesforce():
    stages = [
        "Prospecting", "Qualification", "Needs Analysis", "Value Proposition", "Id. Decision Makers",
        "Perception Analysis", "Proposal/Price Quote", "Negotiation/Review",
    ]  # fmt: skip
    reading = read_system(
        stages,
        Opportunity_Owner="owner",
        Account_Name=lambda n: f"Firm {n % 20}",
        Opportunity_Name=lambda n: f"Firm {n % 20} - {n}",
        Stage="stage",
        Fiscal_Period=lambda n: f"Q{n % 4 + 1}-2026",
        Amount=lambda n: 900 + n % 4,
        Age=lambda n: n * 3,
        Close_Date="close",
        Created_Date="made",
        Lead_Source=lambda n: ("Web", "Partner Referral", "")[n % 3],
    )
    check(reading, stages, "Opportunity Name", "Created Date", "Close Date")


def test_zoho():
    stages = [
        "Qualification", "Needs Analysis", "Value Proposition", "Identify Decision Makers",
        "Proposal/Price Quote", "Negotiation/Review",
    ]  # fmt: skip
    reading = read_system(
        stages,
        Record_Id=lambda n: f"zcrm_{59_000 + n}",
        Deal_Owner="owner",
        Amount=lambda n: 900 + n % 4,
        Deal_Name=lambda n: f"Firm {n}",
        Closing_Date="close",
        Account_Name=lambda n: f"Firm {n % 20}",
        Stage="stage",
        Lead_Source=lambda n: ("Web", "Cold Call", "")[n % 3],
        Created_Time="made",
        Modified_Time=closed,
        Reason_For_Loss=lambda n: "Timing" if ended(n) == "Lost" else None,
    )
    check(reading, stages, "Deal Name", "Created Time", "Closing Date")


PIPEDRIVE = ["Qualified", "Contact Made", "Demo Scheduled", "Proposal Made", "Negotiations Started"]


def pipedrive(status=ended, prefix=""):
    columns = {
        "ID": lambda n: n + 1, "Title": lambda n: f"Firm {n} deal", "Owner": lambda n: OWNERS[n % 3],
        "Value": lambda n: 900 + n % 4, "Organization": lambda n: f"Firm {n}",
        "Pipeline": lambda n: "Pipeline",
        "Contact person": lambda n: f"Person {n % 25}", "Stage": lambda n: PIPEDRIVE[n * 7 % 5],
        "Status": status, "Deal created": made, "Update time": closed,
        "Won time": lambda n: closed(n) if ended(n) == "Won" else None,
        "Lost time": lambda n: closed(n) if ended(n) == "Lost" else None,
        "Deal closed on": lambda n: closed(n) if ended(n) != "Open" else None,
        "Lost reason": lambda n: "Price" if ended(n) == "Lost" else None,
        "Expected close date": lambda n: made(n) + dt.timedelta(days=60),
    }  # fmt: skip
    return read(**{prefix + header: cell for header, cell in columns.items()})


def test_pipedrive_keeps_lost_deals_in_their_stage():
    for prefix in ("", "Deal - "):
        reading = pipedrive(prefix=prefix)
        assert (reading.is_guess, reading.confidence) == (False, "certain")
        assert [step.step for step in reading.steps] == [*PIPEDRIVE, "Won"]
        assert [step.step for step in reading.steps if step.paid] == ["Won"]
        found = {role: header.removeprefix(prefix) for role, header in roles(reading).items()}
        assert found == {
            "client": "Title", "lead_date": "Deal created", "left_date": "Lost time", "stage": "Stage",
            "left_reason": "Lost reason", "result": "Status", "company": "Organization", "coach": "Owner",
            "close_date": "Deal closed on", "value": "Value", "id": "ID",
        }  # fmt: skip
        left = f"{prefix}Lost time (P); {prefix}Lost reason (S); stage Lost"  # the close date says no more
        assert re.sub(r"\([A-Z]+\)", "(P)", dict(lines(reading))["Left"]) == re.sub(
            r"\([A-Z]+\)", "(P)", left
        )
        journey = reading.journey
        assert journey is not None
        assert journey.stage_cells == "start"
        assert {stage.name: stage.lost for stage in journey.stages if stage.rules} == {
            "Won": False,
            "Lost": True,
        }


def test_a_status_with_further_values_is_no_result_of_the_stages():
    reading = pipedrive(lambda n: "Waiting" if n % 7 == 0 else ended(n))
    assert reading.is_guess
    assert "result" not in roles(reading)


def test_names_of_fields_as_a_system_joins_them():
    """A data loader writes "CLOSEDATE" and "dealstage"; the close date was read as the date of the lead."""
    stages = ["Prospecting", "Qualification", "Needs Analysis"]
    reading = read_system(
        stages,
        NAME=lambda n: f"Opportunity {n}",
        STAGENAME="stage",
        CLOSEDATE="close",
        AMOUNT=lambda n: 900 + n % 4,
    )
    found = roles(reading)
    assert (found["stage"], found["close_date"], found.get("lead_date")) == ("STAGENAME", "CLOSEDATE", None)


def test_a_full_name_beside_the_first_name_is_the_client_alone():
    """ "Name" is a surname in German, and beside "FirstName" the whole name elsewhere."""
    first, last = (lambda n: f"Ana{n % 51}"), (lambda n: f"Rossi{n % 50}")
    shared = {"Status": lambda n: ("New", "Working", "Qualified")[n % 3], "CreatedDate": made}
    reading = read(
        LastName=last, FirstName=first, Name=lambda n: f"{first(n)} {last(n)}",
        AnnualRevenue=lambda n: 900_000 + n, **shared,
    )  # fmt: skip
    assert [b.header for b in reading.columns if b.role == "client"] == ["Name"]
    assert "value" not in roles(reading)  # what a company earns in a year is not what it brings
    german = read(Vorname=first, Name=last, **shared)
    assert [b.header for b in german.columns if b.role == "client"] == ["Vorname", "Name"]


def test_deals_with_columns_of_bills_are_clients():
    """An export of all fields has columns such as "Invoice total": its rows are no bills."""
    stages = [
        "Appointment Scheduled", "Qualified To Buy", "Presentation Scheduled", "Decision Maker Bought-In",
        "Contract Sent",
    ]  # fmt: skip
    reading = read_system(
        stages,
        Record_ID=lambda n: 9_000_000 + n,
        Deal_Name=lambda n: f"Firm {n} - New Deal",
        Deal_Stage="stage",
        Close_Date="close",
        Create_Date="made",
        Invoice_Total=lambda n: 100 + n,
        Invoice_Paid=lambda n: 90 + n,
        Calls_Involved=lambda n: "Yes" if n % 2 else "No",
        Tasks_Involved=lambda n: "Yes" if n % 3 else "No",
        Events_Involved=lambda n: "Yes" if n % 4 else "No",
    )
    check(reading, stages, "Deal Name", "Create Date", "Close Date")


def test_a_number_of_calls_is_no_value():
    reading = read(
        Deal_Name=lambda n: f"Deal {n}",
        Created=made,
        Stage=lambda n: ("New", "Demo", "Proposal", "Won")[n % 4],
        Calls_amount=lambda n: n % 4,
        Session_price=lambda n: 100 + n,
    )
    assert roles(reading)["value"] == "Session price"
