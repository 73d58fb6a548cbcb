"""Words of headers in six languages: which column may carry a role, which step is the paid one, which is neither.

All words are folded (`funnel.text.fold`). The preset "gym" holds whole headers; these are for everybody else's.
"""

from __future__ import annotations

from functools import cache

from funnel.journey.model import Role
from funnel.journey.toml import preset
from funnel.text import fold

_FURTHER_ROLES: dict[Role, tuple[str, ...]] = {
    "company": (
        "company", "company name", "organisation", "organization", "azienda", "societa", "empresa", "firma",
        "unternehmen", "entreprise", "societe",
    ),
    "stage": ("stage", "current stage", "lifecycle stage", "fase", "stadio", "etapa", "phase", "etape"),
}  # fmt: skip

_ROLE_WORDS: tuple[tuple[Role, frozenset[str]], ...] = (
    ("left_reason", frozenset({"reason", "why", "motivo", "razon", "razao", "grund", "abbruchgrund", "raison", "motif"})),
    ("lead_date", frozenset({
        "lead", "inquiry", "enquiry", "created", "added", "signup", "registered", "registration", "joined", "start",
        "contatto", "richiesta", "iscrizione", "creazione", "contacto", "consulta", "alta", "registro", "contato",
        "cadastro", "anfrage", "leads", "erstellt", "eingang", "anmeldung", "demande", "creation", "inscription",
        "prospect",
    })),
    ("left_date", frozenset({
        "left", "leaving", "leave", "cancelled", "canceled", "cancellation", "churned", "churn", "discontinued",
        "quit", "ended", "uscita", "abbandono", "disdetta", "lasciato", "baja", "abandono", "salida", "saida",
        "desistencia", "cancelamento", "saiu", "ausgestiegen", "austritt", "kundigung", "gekundigt", "abbruch",
        "depart", "arret", "sortie", "parti", "resiliation",
    })),
    ("coach", frozenset({
        "coach", "trainer", "instructor", "allenatore", "istruttore", "entrenador", "treinador", "betreuer",
        "entraineur",
    })),
    ("source", frozenset({
        "source", "channel", "campaign", "fonte", "provenienza", "canale", "origen", "fuente", "canal", "origem",
        "quelle", "herkunft", "kanal", "provenance", "origine",
    })),
    ("client", frozenset({
        "client", "name", "customer", "member", "contact", "prospect", "patient", "student", "cliente", "nome",
        "nominativo", "nombre", "socio", "paciente", "paziente", "kunde", "kundin", "kundenname", "mitglied", "nom",
        "adherent",
    })),
)  # fmt: skip
"""Words that hint at a role, in the order in which roles are tried; dates only ever become date roles."""

PAID = {
    word: weight
    for weight, words in {
        4: "paid pagata pagato pagada pagado paga pago bezahlt bezahlte gezahlt payee paye payante",
        3: "payment purchase purchased bought paying pagamento acquisto compra comprado comprou zahlung gekauft "
        "kauf paiement achat achete sale sold won closed buys pays member membership customer signed joined",
    }.items()
    for word in words.split()
}
"""Words that hint at the paid step, and how strongly."""

NOT_PAID = frozenset(
    [
        "unpaid",
        "free",
        "link",
        "sent",
        "asked",
        "offer",
        "offered",
        "reminder",
        "quote",
        "proposal",
        "invoice",
        "due",
    ]
    + [
        "gratis",
        "gratuita",
        "gratuito",
        "gratuite",
        "kostenlos",
        "kostenlose",
        "inviato",
        "enviado",
        "gesendet",
    ]
    + ["overdue", "failed", "refund", "refunded", "complimentary", "trial", "envoye"]
)
"""Words that speak against it."""

ATTRIBUTES = frozenset(
    [
        "birthday",
        "birth",
        "born",
        "dob",
        "age",
        "gender",
        "sex",
        "newsletter",
        "consent",
        "gdpr",
        "privacy",
        "waiver",
    ]
    + [
        "insurance",
        "insured",
        "smoker",
        "injury",
        "injuries",
        "medical",
        "vegan",
        "vegetarian",
        "pregnant",
        "vip",
    ]
    + [
        "photo",
        "photos",
        "opt",
        "optin",
        "subscribed",
        "whatsapp",
        "email",
        "mail",
        "phone",
        "sms",
        "student",
    ]
    + ["married", "children", "kids", "active", "archived", "invited", "tags", "ok", "allowed", "marketing"]
    + ["compleanno", "nascita", "assicurazione", "consenso", "fumatore", "nacimiento", "cumpleanos", "seguro"]
    + [
        "consentimiento",
        "fumador",
        "nascimento",
        "aniversario",
        "consentimento",
        "geburtstag",
        "geburtsdatum",
    ]
    + [
        "geboren",
        "versicherung",
        "versichert",
        "einwilligung",
        "raucher",
        "naissance",
        "anniversaire",
        "assurance",
    ]
    + ["consentement", "fumeur", "telefono", "telefon", "telephone", "privacidad", "datenschutz"]
)
"""Words of columns that say what a client is, not how far a client got."""

QUESTIONS = frozenset(
    [
        "has",
        "have",
        "is",
        "are",
        "does",
        "do",
        "can",
        "wants",
        "want",
        "needs",
        "likes",
        "should",
        "will",
        "ha",
        "e",
    ]
    + ["vuole", "tiene", "es", "quiere", "tem", "quer", "hat", "ist", "will", "mochte", "a", "est", "veut"]
)
"""First words of yes/no questions."""

OTHER_DATES = frozenset(
    [
        "last",
        "next",
        "updated",
        "update",
        "modified",
        "renewal",
        "expiry",
        "expires",
        "expiration",
        "due",
        "reminder",
    ]
    + [
        "follow",
        "callback",
        "until",
        "ultimo",
        "ultima",
        "prossimo",
        "prossima",
        "scadenza",
        "proximo",
        "proxima",
    ]
    + [
        "vencimiento",
        "vencimento",
        "letzte",
        "letzter",
        "letztes",
        "nachste",
        "nachster",
        "nachstes",
        "ablauf",
    ]
    + ["dernier", "derniere", "prochain", "prochaine", "echeance", "aggiornato", "actualizado", "geandert"]
)
"""Words of dates that move on, and so are no milestone."""


@cache
def role_headers() -> dict[str, Role]:
    """Whole headers, folded, that name a role in any of six languages.

    >>> role_headers()["nome cliente"], role_headers()["date du lead"]
    ('client', 'lead_date')
    """
    known: dict[str, Role] = {}
    for role, column in preset("gym").columns.items():
        for header in column.headers:
            known.setdefault(fold(header), role)
    for role, headers in _FURTHER_ROLES.items():
        for header in headers:
            known.setdefault(header, role)
    return known


@cache
def step_headers() -> dict[str, str]:
    """Whole headers, folded, that name a step of the preset "gym": the step's name.

    >>> step_headers()["prima sessione pagata"]
    'First paid session'
    """
    known: dict[str, str] = {}
    for step in preset("gym").steps:
        for header in step.headers:
            known.setdefault(fold(header), step.name)
    return known


def role_by_words(header: str) -> list[Role]:
    """The roles that a header hints at, the likeliest first.

    >>> role_by_words("Assigned trainer"), role_by_words("Date of leaving us")
    (['coach'], ['left_date'])
    """
    words = set(fold(header).split())
    return [role for role, hints in _ROLE_WORDS if words & hints]


def paid_weight(header: str) -> int:
    """How strongly a header says that the client pays (0: not at all).

    >>> paid_weight("First paid session"), paid_weight("Payment link sent"), paid_weight("Primer pago")
    (5, 0, 4)
    """
    words = fold(header).split()
    if NOT_PAID & set(words):
        return 0
    weight = max((PAID.get(word, 0) for word in words), default=0)
    first = {
        "first",
        "prima",
        "primo",
        "primer",
        "primera",
        "primeiro",
        "primeira",
        "erste",
        "premier",
        "premiere",
    }
    return weight + 1 if weight == 4 and first & set(words) and "paid" in words else weight
