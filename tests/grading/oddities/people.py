"""Three hundred people in six courses: names in ten scripts, six kinds of ids and of rosters."""

import unicodedata
from dataclasses import dataclass
from itertools import product
from pathlib import Path

SCRIPTS = {
    "latin": ("Asha José Łukasz Zoë Søren Thị", "Rao Bär Bür García_Márquez O’Neill"),
    "devanagari": ("आशा राम सीता मोहन गीता अर्जुन", "राव शर्मा वर्मा सिंह पटेल"),
    "tamil": ("கவிதா முருகன் செல்வி அருண் மீனா குமார்", "ராஜன் சுந்தரம் பிள்ளை நாயர் வேலன்"),
    "bengali": ("অনিল সুমন রিনা তপন মিতা কমল", "সেন ঘোষ রায় দাস বসু"),
    "han": ("小明 小红 伟 芳 娜 敏", "王 李 张 刘 陈"),
    "japanese": ("ゆき はると さくら ケン あおい そら", "さとう すずき たかはし タナカ いとう"),
    "arabic": ("علي فاطمة محمد زينب يوسف مريم", "حسن كريم صالح منصور رشيد"),
    "cyrillic": ("Иван Анна Пётр Ольга Дмитрий Юлия", "Иванов Смирнова Соколов Попова Йорк"),
    "greek": ("Γιώργος Μαρία Νίκος Ελένη Κώστας Σοφία", "Παππάς Δήμου Ρήγας Λάμπρου Κοσμάς"),
    "hangul": ("민준 서연 도윤 하은 지호 수아", "김 이 박 최 정"),
}
# Windows-1252 can write no other script, so the course whose roster it is has Latin names only.
LATIN_ONLY = (
    "Ana Émile Jürgen Nuño Façal Øystein Çelik Åsa Maïa Ýmir",
    "Muñoz Müller Süß Lefèvre Århus",
)


@dataclass(frozen=True)
class Person:
    number: int
    id: str
    given: str
    family: str

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}"

    @property
    def email(self) -> str:
        return f"s{self.number}@example.edu"


@dataclass(frozen=True)
class Course:
    """What an instructor has decided once, and how her office saves a table."""

    number: int
    zone: str
    id_pattern: str
    roster_encoding: str
    separator: str
    line_end: str = "\n"
    last_rows: str = ""


COURSES = (
    Course(0, "Asia/Kolkata", "21CS{:03}", "utf-8", ","),
    Course(1, "Europe/Berlin", "CS/2021/{:03}", "utf-8-sig", ";"),
    Course(2, "America/New_York", "a[{}]", "utf-16", "\t", "\r\n"),
    Course(3, "Australia/Lord_Howe", "{:04}", "cp1252", ";", "\r\n"),
    Course(4, "UTC", "m?{}%20", "utf-8", "\t", "\r\n", "\t\t\r\n\r\n"),
    Course(5, "Asia/Kolkata", "s{}.x@example.edu", "utf-16-le+bom", ",", "\r\n", ",,\r\n"),
)


def names() -> list[tuple[str, str]]:
    """Given and family name of everybody; tens of each script follow each other by turns."""
    by_script = [
        [(g, f.replace("_", " ")) for g, f in product(given.split(), family.split())]
        for given, family in SCRIPTS.values()
    ]
    return [by_script[i % 10][i // 10] for i in range(300)]


def people() -> list[Person]:
    """All 300, in order: fifty to a course, ten to an archive."""
    everybody = []
    latin = list(product(LATIN_ONLY[0].split(), LATIN_ONLY[1].split()))
    for number, (given, family) in enumerate(names()):
        course = COURSES[number // 50]
        if course.roster_encoding == "cp1252":
            given, family = latin[number % 50]
        everybody.append(Person(number, course.id_pattern.format(number), given, family))
    return everybody


def write_roster(course: Course, members: list[Person], path: Path) -> None:
    """Write the roster as the office's program would."""
    rows = [("id", "name", "email")] + [(p.id, p.name, p.email) for p in members]
    quoted = course.number == 4
    text = course.line_end.join(
        course.separator.join(f'"{field}"' if quoted else field for field in row) for row in rows
    )
    text += course.line_end + course.last_rows
    if course.roster_encoding.endswith("+bom"):
        path.write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))
    else:
        path.write_bytes(text.encode(course.roster_encoding))


def decomposed(name: str) -> str:
    """The name as a Mac writes it into a file system."""
    return unicodedata.normalize("NFD", name)
