"""A gym's sheet in each language, with its words for yes and no and its dates, is loaded and counted."""

import datetime as dt

import pytest

import funnel

DAY = dt.date(2026, 11, 29)

SHEETS = {
    "nl": ("Klant,Datum aanvraag,Gebeld,Afspraak gemaakt,Afspraak gehad,Eerste betaling,Datum gestopt,Reden",
           "ja", "nee", "{} maart 2026", "2 april 2026"),
    "pl": ("Klient,Data kontaktu,Skontaktowano,Spotkanie umówione,Spotkanie,Pierwsza płatność,Data odejścia,"
           "Powód odejścia", "tak", "nie", "{} marca 2026", "2 kwietnia 2026"),
    "ru": ("Клиент,Дата обращения,Связались,Встреча назначена,Встреча,Первая оплата,Дата ухода,Причина ухода",
           "да", "нет", "{} марта 2026 г.", "2 апреля 2026 г."),
    "tr": ("Müşteri,Başvuru tarihi,Arandı,Randevu alındı,Görüşme yapıldı,İlk ödeme,Ayrılma tarihi,"
           "Ayrılma nedeni", "Evet", "Hayır", "{} Mart 2026", "2 Nisan 2026"),
    "id": ("Nama pelanggan,Tanggal prospek,Dihubungi,Janji temu,Pertemuan,Pembayaran pertama,"
           "Tanggal berhenti,Alasan berhenti", "ya", "tidak", "{} Maret 2026", "2 April 2026"),
    "ja": ("氏名,問い合わせ日,連絡済み,面談予約,面談,初回支払い,退会日,退会理由",
           "はい", "いいえ", "2026年3月{}日(木)", "2026年4月2日"),
    "zh": ("客户,咨询日期,已联系,已预约,已面谈,首次付款,流失日期,流失原因",
           "是", "否", "2026年3月{}日", "2026年4月2日"),
    "ar": ("العميل,تاريخ التواصل,تم الاتصال,تم حجز الموعد,تم اللقاء,أول دفعة,تاريخ المغادرة,سبب المغادرة",
           "نعم", "لا", "{} مارس 2026", "2 أبريل 2026"),
}  # fmt: skip
REACHED = (4, 3, 4, 2, 4, 1, 4, 3, 4, 4)  # of the four steps, by each client
"""10 contacted, 9 booked, 8 met, 6 paid: counted by hand."""


@pytest.mark.parametrize("language", SHEETS)
def test_yes_no_and_dates_of_a_language(tmp_path, language):
    header, yes, no, day, left = SHEETS[language]
    rows = []
    for i, n in enumerate(REACHED):
        leaving = [left, "x"] if n == 2 else ["", ""]
        rows.append(",".join([f"Client {i}", day.format(10 + i), *[yes] * n, *[no] * (4 - n), *leaving]))
    path = tmp_path / "gym.csv"
    path.write_text("\n".join([header, *rows]), "utf-8")
    clients = funnel.load(path)
    assert [problem.message for problem in clients.problems] == []
    steps = funnel.Funnel(clients, as_of=DAY).steps
    assert list(steps["marked"])[:4] == [10, 9, 8, 6]
    assert clients.table["lead_date"].iloc[0].date() == dt.date(2026, 3, 10)
    assert clients.table["left_date"].notna().sum() == 1
