"""The words of the dialogue and of places, and how people say them, written by hand. The first pronunciation is the
careful one, the later ones are elisions of everyday speech («пийсят», «восем», «чтыре», «тыща»). A word that is not
here cannot be in a run-time word list of the committed model.
"""

from __future__ import annotations

from collections.abc import Mapping

from box.training.place_names import PLACES

_DIGITS = """
ноль         n o1 lj
нуль         n u1 lj
один         a0 dj i1 n | a0 dj i1 nj
одна         a0 d n a1
одно         a0 d n o1
два          d v a1
две          d vj e1
три          t rj i1
четыре       ch i0 t y1 rj i0 | ch t y1 rj i0 | ch i0 t y1 rj
пять         pj a1 tj
шесть        sh e1 sj tj | sh e1 sj
семь         sj e1 mj | sj e1 m
восемь       v o1 sj i0 mj | v o1 sj i0 m | v o1 sj mj
девять       dj e1 vj i0 tj | dj e1 vj tj
"""

_TEENS = """
десять       dj e1 sj i0 tj | dj e1 sj tj
одиннадцать  a0 dj i1 n a0 c a0 tj | a0 dj i1 n a0 c tj
двенадцать   d vj i0 n a1 c a0 tj | d vj i0 n a1 c tj
тринадцать   t rj i0 n a1 c a0 tj | t rj i0 n a1 c tj
четырнадцать ch i0 t y1 r n a0 c a0 tj | ch i0 t y1 r n a0 c tj | ch t y1 r n a0 c tj
пятнадцать   pj i0 t n a1 c a0 tj | pj i0 t n a1 c tj
шестнадцать  sh y0 s n a1 c a0 tj | sh y0 s n a1 c tj
семнадцать   sj i0 m n a1 c a0 tj | sj i0 m n a1 c tj
восемнадцать v a0 sj i0 m n a1 c a0 tj | v a0 sj i0 m n a1 c tj
девятнадцать dj i0 vj i0 t n a1 c a0 tj | dj i0 vj i0 t n a1 c tj
"""

_TENS = """
двадцать     d v a1 c a0 tj | d v a1 c tj
тридцать     t rj i1 c a0 tj | t rj i1 c tj
сорок        s o1 r a0 k
пятьдесят    pj i0 dj i0 sj a1 t | pj i0 dj sj a1 t | pj i0 j sj a1 t | pj i0 sj a1 t
шестьдесят   sh y0 zj dj i0 sj a1 t | sh y0 zj i0 sj a1 t | sh y0 j sj a1 t | sh y0 sj a1 t
семьдесят    sj e1 mj dj i0 sj i0 t | sj e1 m dj i0 sj i0 t | sj e1 mj sj i0 t
восемьдесят  v o1 sj i0 mj dj i0 sj i0 t | v o1 sj i0 m dj i0 sj i0 t | v o1 sj mj sj i0 t
девяносто    dj i0 vj i0 n o1 s t a0 | dj i0 v n o1 s t a0
"""

_HUNDREDS = """
сто          s t o1
двести       d vj e1 sj tj i0 | d vj e1 sj i0
триста       t rj i1 s t a0
четыреста    ch i0 t y1 rj i0 s t a0 | ch t y1 rj i0 s t a0
пятьсот      pj i0 t s o1 t | pj i0 c o1 t
шестьсот     sh y0 s s o1 t | sh y0 s o1 t
семьсот      sj i0 m s o1 t | sj i0 mj s o1 t
восемьсот    v a0 sj i0 m s o1 t | v a0 sj i0 mj s o1 t
девятьсот    dj i0 vj i0 t s o1 t | dj i0 vj i0 c o1 t
тысяча       t y1 sj i0 ch a0 | t y1 sch a0
тысячи       t y1 sj i0 ch i0 | t y1 sch i0
тысяч        t y1 sj i0 ch | t y1 sch
запятая      z a0 pj i0 t a1 j a0
"""

_YES_NO = """
да           d a1
ага          a0 g a1 | a0 h a1
угу          u0 g u1 | u0 h u1
верно        vj e1 r n a0
правильно    p r a1 vj i0 lj n a0 | p r a1 vj lj n a0
так          t a1 k
точно        t o1 ch n a0
конечно      k a0 nj e1 sh n a0
нет          nj e1 t
не           nj i0 | nj e1
неа          nj e1 a0
неверно      nj i0 vj e1 r n a0
неправильно  nj i0 p r a1 vj i0 lj n a0 | nj i0 p r a1 vj lj n a0
ошибка       a0 sh y1 p k a0
"""

_INTENTS = """
баланс       b a0 l a1 n s
показания    p a0 k a0 z a1 nj i0 j a0 | p a0 k a0 z a1 nj j a0
показание    p a0 k a0 z a1 nj i0 j i0
показаний    p a0 k a0 z a1 nj i0 j
тариф        t a0 rj i1 f
тарифы       t a0 rj i1 f y0
услуги       u0 s l u1 gj i0
услуга       u0 s l u1 g a0
офис         o1 fj i0 s
офисы        o1 fj i0 s y0
офиса        o1 fj i0 s a0
задолженность z a0 d o1 l zh y0 n a0 sj tj | z a0 d o1 l zh y0 n n a0 sj tj | z a0 d o1 l zh y0 n a0 sj
долг         d o1 l k
долги        d a0 l gj i1
оплата       a0 p l a1 t a0
оплату       a0 p l a1 t u0
оплатить     a0 p l a0 tj i1 tj
заплатить    z a0 p l a0 tj i1 tj
платёж       p l a0 tj o1 sh
узнать       u0 z n a1 tj
передать     pj i0 rj i0 d a1 tj
подать       p a0 d a1 tj
сообщить     s a0 a0 p sch i1 tj | s a0 p sch i1 tj
хочу         h a0 ch u1
мой          m o1 j
мою          m a0 j u1
адрес        a1 d rj i0 s
адреса       a0 d rj i0 s a1
счётчик      sch o1 ch i0 k | sch o1 t ch i0 k
счётчика     sch o1 ch i0 k a0 | sch o1 t ch i0 k a0
"""

_COMMANDS = """
оператор     a0 pj i0 r a1 t a0 r
оператора    a0 pj i0 r a1 t a0 r a0
оператором   a0 pj i0 r a1 t a0 r a0 m
человек      ch i0 l a0 vj e1 k
человеком    ch i0 l a0 vj e1 k a0 m
соедините    s a0 i0 dj i0 nj i1 tj i0 | s a0 j i0 dj i0 nj i1 tj i0
соединить    s a0 i0 dj i0 nj i1 tj | s a0 j i0 dj i0 nj i1 tj
позовите     p a0 z a0 vj i1 tj i0
с            s
со           s a0
повторите    p a0 f t a0 rj i1 tj i0
повтори      p a0 f t a0 rj i1
повторить    p a0 f t a0 rj i1 tj
ещё          i0 sch o1 | j i0 sch o1
раз          r a1 s
сначала      s n a0 ch a1 l a0
заново       z a1 n a0 v a0
назад        n a0 z a1 t
вернуться    vj i0 r n u1 c a0
отмена       a0 t mj e1 n a0
подождите    p a0 d a0 zh dj i1 tj i0
подожди      p a0 d a0 zh dj i1
минуту       mj i0 n u1 t u0
минутку      mj i0 n u1 t k u0
секунду      sj i0 k u1 n d u0
стоп         s t o1 p
помощь       p o1 m a0 sch
пропустить   p r a0 p u0 sj tj i1 tj
дальше       d a1 lj sh y0
хорошо       h a0 r a0 sh o1 | h r a0 sh o1
пожалуйста   p a0 zh a1 l u0 s t a0 | p a0 zh a1 l s t a0
алло         a0 l o1 | a0 lj o1
а            a0 | a1
и            i0 | i1
"""

_MENUS = """
моя          m a0 j a1
на           n a0 | n a1
по           p a0 | p o1
до           d a0 | d o1
как          k a1 k
где          g dj e1
всё          f sj o1 | sj o1
мне          m nj e1
без          bj i0 z | bj i0 s | bj e1 s
надо         n a1 d a0 | n a1 d
нужно        n u1 zh n a0
больше       b o1 lj sh y0
сколько      s k o1 lj k a0 | s k o1 k a0
стоит        s t o1 i0 t
счёта        sch o1 t a0
счёте        sch o1 tj i0
счётчики     sch o1 ch i0 kj i0 | sch o1 t ch i0 kj i0
счётчиков    sch o1 ch i0 k a0 f | sch o1 t ch i0 k a0 f
состояние    s a0 s t a0 j a1 nj i0 j i0
электричество i0 lj i0 k t rj i1 ch i0 s t v a0 | i0 l i0 k t rj i1 ch i0 s t v a0
электричества i0 lj i0 k t rj i1 ch i0 s t v | i0 lj i0 k t rj i1 ch i0 s t a0
дополнительные d a0 p a0 lj nj i1 tj i0 lj n y0 j i0 | d a0 p a0 lj nj i1 tj i0 lj n y0
замена       z a0 mj e1 n a0
заменить     z a0 mj i0 nj i1 tj
поменять     p a0 mj i0 nj a1 tj
электросчётчик i0 lj e1 k t r a0 sch o1 ch i0 k | i0 lj i0 k t r a0 sch o1 ch i0 k
электросчётчика i0 lj e1 k t r a0 sch o1 ch i0 k a0 | i0 lj i0 k t r a0 sch o1 ch i0 k a0
ближайший    b lj i0 zh a1 j sh y0 j
найти        n a0 j tj i1
почему       p a0 ch i0 m u1 | p a0 ch m u1
откуда       a0 t k u1 d a0
способы      s p o1 s a0 b y0
оплаты       a0 p l a1 t y0
другие       d r u0 gj i1 j i0
другое       d r u0 g o1 j i0
другой       d r u0 g o1 j
команды      k a0 m a1 n d y0
остальное    a0 s t a0 lj n o1 j i0
забыть       z a0 b y1 tj
забудьте     z a0 b u1 tj tj i0 | z a0 b u1 tj i0
номер        n o1 mj i0 r
удалить      u0 d a0 lj i1 tj
удалите      u0 d a0 lj i1 tj i0
ничего       nj i0 ch i0 v o1 | nj i0 ch o1
спасибо      s p a0 sj i1 b a0 | s p a0 sj i1 b
свидания     sj vj i0 d a1 nj i0 j a0 | s vj i0 d a1 nj j a0
ссылка       s y1 l k a0
ссылку       s y1 l k u0
ссылке       s y1 l kj i0
пришлите     p rj i0 sh lj i1 tj i0
отправьте    a0 t p r a1 fj tj i0 | a0 t p r a1 f tj i0
карта        k a1 r t a0
карты        k a1 r t y0
картой       k a1 r t a0 j
банковской   b a1 n k a0 f s k a0 j
следующий    s lj e1 d u0 j u0 sch i0 j | s lj e1 d u0 sch i0 j
район        r a0 j o1 n
метро        mj i0 t r o1
станция      s t a1 n c y0 j a0
назвать      n a0 z v a1 tj
вода         v a0 d a1
воды         v a0 d y1
водяной      v a0 dj i0 n o1 j
поверка      p a0 vj e1 r k a0
установка    u0 s t a0 n o1 f k a0
электромонтаж i0 lj i0 k t r a0 m a0 n t a1 sh
электромонтажные i0 lj i0 k t r a0 m a0 n t a1 zh n y0 j i0
работы       r a0 b o1 t y0
электрик     i0 lj e1 k t rj i0 k
электрика    i0 lj e1 k t rj i0 k a0
проводка     p r a0 v o1 t k a0
сантехника   s a0 n tj e1 h nj i0 k a0
сантехник    s a0 n tj e1 h nj i0 k
сантехнические s a0 n tj i0 h nj i1 ch i0 s kj i0 j i0
ремонт       rj i0 m o1 n t
квартиры     k v a0 r tj i1 r y0
квартир      k v a0 r tj i1 r
перезвоните  pj i0 rj i0 z v a0 nj i1 tj i0
заявка       z a0 j a1 f k a0
заявку       z a0 j a1 f k u0
оставить     a0 s t a1 vj i0 tj
"""


def _parsed(*tables: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    words: dict[str, tuple[tuple[str, ...], ...]] = {}
    for line in filter(None, "".join(tables).splitlines()):
        word, spoken = line.split(maxsplit=1)
        if word in words:
            raise ValueError(f"{word} has two lines")
        words[word] = tuple(tuple(way.split()) for way in spoken.split("|"))
    return words


PRONUNCIATIONS: Mapping[str, tuple[tuple[str, ...], ...]] = _parsed(
    _DIGITS, _TEENS, _TENS, _HUNDREDS, _YES_NO, _INTENTS, _COMMANDS, _MENUS, PLACES
)
"""Word -> its pronunciations, each a row of phones; the words of the model in the order of words.txt."""
