"""Names of the demo's offices and services in the languages besides German and English.

Summaries and lists of documents are left out: there German stands in, as in a town that has only
begun to translate.
"""

LANGUAGES = ("uk", "ar", "tr", "ru", "de_simple")

# By the short name of a service, or the German name of an office.
NAMES = {
    "Bürgerbüro": (
        "Бюро громадян",
        "مكتب المواطنين",
        "Vatandaş bürosu",
        "Бюро обслуживания граждан",
        "Bürgerbüro",
    ),
    "Bürgerbüro Nord": (
        "Бюро громадян «Північ»",
        "مكتب المواطنين - الشمال",
        "Kuzey vatandaş bürosu",
        "Бюро обслуживания граждан «Север»",
        "Bürgerbüro Nord",
    ),
    "Kindertageseinrichtungen": (
        "Відділ дитячих садків",
        "قسم رياض الأطفال",
        "Kreş ve anaokulu birimi",
        "Отдел детских садов",
        "Amt für Kitas",
    ),
    "personalausweis": (
        "Оформити посвідчення особи",
        "طلب بطاقة هوية",
        "Kimlik kartı başvurusu",
        "Оформить удостоверение личности",
        "Einen Ausweis beantragen",
    ),
    "reisepass": (
        "Оформити закордонний паспорт",
        "طلب جواز سفر",
        "Pasaport başvurusu",
        "Оформить заграничный паспорт",
        "Einen Reisepass beantragen",
    ),
    "vorlaeufiger-personalausweis": (
        "Оформити тимчасове посвідчення особи",
        "طلب بطاقة هوية مؤقتة",
        "Geçici kimlik kartı başvurusu",
        "Оформить временное удостоверение личности",
        "Einen Ausweis für kurze Zeit beantragen",
    ),
    "ausweis-abholen": (
        "Отримати готове посвідчення або паспорт",
        "استلام بطاقة هوية أو جواز سفر",
        "Hazır kimlik kartını veya pasaportu alma",
        "Получить готовое удостоверение или паспорт",
        "Den fertigen Ausweis abholen",
    ),
    "online-ausweis": (
        "Активувати онлайн-посвідчення або змінити PIN-код",
        "تفعيل الهوية الإلكترونية أو تعيين رمز PIN جديد",
        "Çevrimiçi kimliği etkinleştirme veya yeni PIN belirleme",
        "Активировать онлайн-удостоверение или сменить PIN-код",
        "Den Ausweis für das Internet einschalten",
    ),
    "wohnsitz-anmelden": (
        "Зареєструвати місце проживання",
        "تسجيل محل السكن",
        "İkamet kaydı yaptırma",
        "Зарегистрировать место жительства",
        "Eine Wohnung anmelden",
    ),
    "wohnsitz-ummelden": (
        "Змінити адресу в межах міста",
        "تغيير العنوان داخل المدينة",
        "Şehir içinde adres değiştirme",
        "Сменить адрес в пределах города",
        "Umzug in der Stadt melden",
    ),
    "wohnsitz-abmelden": (
        "Зняти з реєстрації місце проживання",
        "إلغاء تسجيل محل السكن",
        "İkamet kaydını sildirme",
        "Снять с регистрации место жительства",
        "Eine Wohnung abmelden",
    ),
    "meldebescheinigung": (
        "Довідка про місце проживання",
        "شهادة تسجيل السكن",
        "İkamet belgesi",
        "Справка о месте жительства",
        "Ein Papier über die Wohnung holen",
    ),
    "fuehrungszeugnis": (
        "Замовити довідку про несудимість",
        "طلب شهادة حسن السيرة والسلوك",
        "Adli sicil belgesi başvurusu",
        "Заказать справку об отсутствии судимости",
        "Ein Führungszeugnis beantragen",
    ),
    "beglaubigung": (
        "Завірити копію або підпис",
        "تصديق نسخة أو توقيع",
        "Kopya veya imza onaylatma",
        "Заверить копию или подпись",
        "Eine Kopie beglaubigen",
    ),
    "fuehrerschein-umtausch": (
        "Обміняти водійське посвідчення",
        "استبدال رخصة القيادة",
        "Sürücü belgesi değiştirme",
        "Обменять водительское удостоверение",
        "Den Führerschein tauschen",
    ),
    "fahrzeugschein-adresse": (
        "Змінити адресу в документах на автомобіль",
        "تغيير العنوان في أوراق المركبة",
        "Araç belgelerinde adres değiştirme",
        "Сменить адрес в документах на автомобиль",
        "Die Adresse in den Auto-Papieren ändern",
    ),
    "bewohnerparkausweis": (
        "Дозвіл на паркування для мешканців",
        "تصريح وقوف للسكان",
        "Mahalle sakini park izni",
        "Разрешение на парковку для жителей",
        "Einen Ausweis zum Parken beantragen",
    ),
    "hund-anmelden": (
        "Зареєструвати собаку або зняти з реєстрації",
        "تسجيل كلب أو إلغاء تسجيله",
        "Köpek kaydı yaptırma veya sildirme",
        "Зарегистрировать собаку или снять с учёта",
        "Einen Hund anmelden oder abmelden",
    ),
    "gewerbe-anmelden": (
        "Зареєструвати підприємницьку діяльність",
        "تسجيل نشاط تجاري",
        "İş yeri kaydı yaptırma",
        "Зарегистрировать предпринимательскую деятельность",
        "Ein Gewerbe anmelden",
    ),
    "fundsache": (
        "Здати або забрати знайдені речі",
        "تسليم المفقودات أو استلامها",
        "Bulunan eşyayı teslim etme veya alma",
        "Сдать или забрать найденные вещи",
        "Verlorene Sachen abgeben oder abholen",
    ),
    "kita-anmeldung": (
        "Записати дитину до дитячого садка",
        "تسجيل طفل في الحضانة",
        "Kreş kaydı",
        "Записать ребёнка в детский сад",
        "Ein Kind in der Kita anmelden",
    ),
    "kita-vertrag": (
        "Підписати договір про догляд за дитиною",
        "توقيع عقد رعاية الطفل",
        "Kreş sözleşmesini imzalama",
        "Подписать договор об уходе за ребёнком",
        "Den Vertrag für die Kita unterschreiben",
    ),
    "kita-zahlungsverzug": (
        "З’ясувати заборгованість з оплати",
        "تسوية الدفعات المتأخرة",
        "Ödeme gecikmesini görüşme",
        "Решить вопрос о задолженности по оплате",
        "Über offene Rechnungen sprechen",
    ),
}


def further_names(key: str) -> dict[str, str]:
    """The columns of a name in these languages."""
    return {f"name_{code}": name for code, name in zip(LANGUAGES, NAMES[key], strict=True)}
