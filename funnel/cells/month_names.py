"""The names of months and weekdays in fifteen languages, as people type them in dates.

Source: CLDR 46 by Babel (Unicode License v3), wide and abbreviated, as a name and within a date; and
spellings that people use beside them ("sept", "janner"). Japanese, Chinese and Korean months are numbers.
"""

from __future__ import annotations

import unicodedata

_LETTERS = str.maketrans({"ł": "l", "ı": "i"})  # letters with a mark that is not an accent


def fold_name(text: str) -> str:
    """Return a text in small letters without accents.

    >>> fold_name("MÄRZ"), fold_name("Kasım"), fold_name("październik")
    ('marz', 'kasim', 'pazdziernik')
    """
    decomposed = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_LETTERS)
    return unicodedata.normalize("NFC", plain)


_MONTHS = (
    "january jan gennaio gen enero ene janeiro januar janner jaenner janvier janv januari stycznia styczen"
    " sty января январь янв ocak oca يناير كانون_الثاني جانفي",
    "february feb febbraio febrero fevereiro fev februar fevrier fevr februari lutego luty lut"
    " февраля февраль февр фев subat sub فبراير شباط فيفري",
    "march mar marzo marco marz maerz mrz mars maart mrt marca marzec марта март мар mart maret مارس اذار",
    "april apr aprile abril abr avril avr kwietnia kwiecien kwi"
    " апреля апрель апр nisan nis ابريل نيسان افريل",
    "may maggio mag mayo maio mai mei maja maj мая май mayis مايو ايار ماي",
    "june jun giugno giu junio junho juni juin czerwca czerwiec"
    " cze июня июнь июн haziran haz يونيو حزيران جوان",
    "july jul luglio lug julio julho juli juillet juil lipca lipiec lip июля июль июл temmuz tem"
    " يوليو تموز جويلية",
    "august aug agosto ago aout augustus sierpnia sierpien sie августа август авг agustos agu agustus"
    " اغسطس اب اوت",
    "september sept sep settembre set septiembre setiembre setembro septembre wrzesnia wrzesien wrz"
    " сентября сентябрь сент сен eylul eyl سبتمبر ايلول",
    "october oct ottobre ott octubre outubro out oktober okt octobre pazdziernika pazdziernik paz"
    " октября октябрь окт ekim eki اكتوبر تشرين_الاول",
    "november nov novembre noviembre novembro listopada listopad lis ноября ноябрь нояб ноя kasim kas"
    " نوفمبر تشرين_الثاني",
    "december dec dicembre dic diciembre dezembro dez dezember decembre grudnia grudzien gru"
    " декабря декабрь дек aralik ara desember des ديسمبر كانون_الاول",
)

MONTHS: dict[str, int] = {
    fold_name(name.replace("_", " ")): number
    for number, names in enumerate(_MONTHS, start=1)
    for name in names.split()
}
"""Folded name -> number of the month."""

WEEKDAYS: frozenset[str] = frozenset(
    fold_name(
        "monday mon tuesday tue tues wednesday wed thursday thu thur thurs friday fri saturday sat sunday sun"
        " lunedi lun martedi mar mercoledi mer giovedi gio venerdi ven sabato sab domenica dom"
        " lunes martes miercoles mie jueves jue viernes vie sabado domingo"
        " segunda-feira segunda seg terca-feira terca ter quarta-feira quarta qua quinta-feira quinta qui"
        " sexta-feira sexta sex lundi mardi mercredi jeudi jeu vendredi samedi sam dimanche dim"
        " montag mo dienstag di mittwoch mi donnerstag do freitag fr samstag sa sonntag so sonnabend"
        " maandag ma dinsdag woensdag wo donderdag vrijdag vr zaterdag za zondag zo"
        " poniedzialek pon wtorek wt sroda sr czwartek czw piatek pt sobota sob niedziela niedz"
        " понедельник пн вторник вт среда ср четверг чт пятница пт суббота сб воскресенье вс"
        " pazartesi pzt sali sal carsamba car persembe per cuma cum cumartesi cmt pazar paz"
        " senin sen selasa sel rabu rab kamis kam jumat jum sabtu minggu min"
        " الاثنين الثلاثاء الاربعاء الخميس الجمعة السبت الاحد"
    ).split()
)
"""Folded names of weekdays."""

FIRST_NAMES = frozenset(("maja", "nisan", "eylul", "kasim", "temmuz", "ocak", "mart"))
"""Names of months that are also names of people."""
