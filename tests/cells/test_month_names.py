import pytest

from funnel.cells.month_names import FIRST_NAMES, MONTHS, WEEKDAYS, fold_name


@pytest.mark.parametrize("number", range(1, 13))
def test_each_month_has_a_name_in_each_language_with_names(number):
    names = {
        "en": "January February March April May June July August September October November December",
        "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "nl": "januari februari maart april mei juni juli augustus september oktober november december",
        "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października"
        " listopada grudnia",
        "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        "tr": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
        "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
        "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    }
    assert {
        language: MONTHS[fold_name(each.split()[number - 1])] for language, each in names.items()
    } == dict.fromkeys(names, number)


def test_every_name_is_folded():
    assert all(fold_name(name) == name for name in [*MONTHS, *WEEKDAYS, *FIRST_NAMES])
    assert set(MONTHS) >= FIRST_NAMES


def test_a_word_that_is_both_is_known():
    """ "mar" is March and martes: a date is first parsed with it as a month (`test_dates`)."""
    assert set(MONTHS) & WEEKDAYS == {"mar", "paz"}
