"""The words of config/places.toml and how they are said: made once by the rules of spelling with espeak-ng's stresses,
then read and put right by hand. A word that the dialogue has too stands in :mod:`box.training.pronunciations`."""

PLACES = """
авиамоторная      a0 vj i0 a0 m a0 t o1 r n a0 j a0
автозаводская     a0 f t a0 z a0 v o1 c k a0 j a0
академическая     a0 k a0 dj i0 mj i1 ch i0 s k a0 j a0
академический     a0 k a0 dj i0 mj i1 ch i0 s kj i0 j
александровский   a0 lj i0 k s a1 n d r a0 f s kj i0 j
алексеевская      a0 lj i0 k sj e1 j i0 f s k a0 j a0
алексеевский      a0 lj i0 k sj e1 j i0 f s kj i0 j
аллея             a0 lj e1 j a0
алтуфьево         a0 l t u1 fj j i0 v a0
алтуфьевский      a0 l t u1 fj j i0 f s kj i0 j
аннино            a0 nj i1 n a0
арбат             a0 r b a1 t
арбатская         a0 r b a1 c k a0 j a0
аэропорт          a0 i0 r a0 p o1 r t | a0 r a0 p o1 r t
бабушкинская      b a1 b u0 sh kj i0 n s k a0 j a0
бабушкинский      b a1 b u0 sh kj i0 n s kj i0 j
багратионовская   b a0 g r a0 tj i0 o1 n a0 f s k a0 j a0
баррикадная       b a0 rj i0 k a1 d n a0 j a0
басманный         b a0 s m a1 n y0 j
бауманская        b a1 u0 m a0 n s k a0 j a0
беговая           bj i0 g a0 v a1 j a0
беговой           bj i0 g a0 v o1 j
белорусская       bj i0 l a0 r u1 s k a0 j a0
беляево           bj i0 lj a1 j i0 v a0
бескудниковский   bj i0 s k u1 d nj i0 k a0 f s kj i0 j
бибирево          bj i1 bj i0 rj i0 v a0
библиотека        bj i0 b lj i0 a0 tj e1 k a0
бирюлёво          bj i0 rj u0 lj o1 v a0
богородское       b a0 g a0 r o1 c k a0 j i0
борисово          b a0 rj i1 s a0 v a0
ботанический      b a0 t a0 nj i1 ch i0 s kj i0 j
братеево          b r a0 tj e1 j i0 v a0
братиславская     b r a0 tj i0 s l a1 f s k a0 j a0
бульвар           b u0 lj v a1 r
бунинская         b u1 nj i0 n s k a0 j a0
бутово            b u1 t a0 v a0
бутырский         b u0 t y1 r s kj i0 j
варшавская        v a0 r sh a1 f s k a0 j a0
вднх              v y0 d y0 n h a1 | v e1 d e1 n h a1
вернадского       vj i0 r n a1 c k a0 v a0
вешняки           vj i0 sh nj i0 kj i1
владыкино         v l a0 d y1 kj i0 n a0
внуково           v n u1 k a0 v a0
водный            v o1 d n y0 j
войковская        v o1 j k a0 f s k a0 j a0
войковский        v o1 j k a0 f s kj i0 j
вокзал            v a0 g z a1 l
волгоградский     v a0 l g a0 g r a1 c kj i0 j
волжская          v o1 l sh s k a0 j a0 | v o1 l s k a0 j a0
воробьёвы         v a0 r a0 bj j o1 v y0
ворота            v a0 r o1 t a0
восточный         v a0 s t o1 ch n y0 j
выставочная       v y1 s t a0 v a0 ch n a0 j a0
выхино            v y1 hj i0 n a0
гагаринский       g a0 g a1 rj i0 n s kj i0 j
головинский       g a0 l a0 vj i1 n s kj i0 j
гольяново         g a0 lj j a1 n a0 v a0
город             g o1 r a0 t
горы              g o1 r y0
даниловский       d a0 nj i1 l a0 f s kj i0 j
дегунино          dj i0 g u1 nj i0 n a0
динамо            dj i0 n a1 m a0
дмитрия           d mj i1 t rj i0 j a0
дмитровская       d mj i1 t r a0 f s k a0 j a0
добрынинская      d a0 b r y1 nj i0 n s k a0 j a0
домодедовская     d a0 m a0 dj e1 d a0 f s k a0 j a0
донского          d a0 n s k o1 v a0
донской           d a0 n s k o1 j
дорогомилово      d a0 r a0 g o1 mj i0 l a0 v a0
достоевская       d a0 s t a0 j e1 f s k a0 j a0
дубровка          d u0 b r o1 f k a0
жулебино          zh u0 lj e1 bj i0 n a0
замоскворечье     z a0 m a0 s k v a0 rj e1 ch j i0
западная          z a1 p a0 d n a0 j a0
западный          z a1 p a0 d n y0 j
застава           z a0 s t a1 v a0
зеленоград        zj i0 lj i0 n a0 g r a1 t
зеленоградский    zj i0 lj i0 n a0 g r a1 c kj i0 j
зюзино            zj u1 zj i0 n a0
зябликово         zj a1 b lj i0 k a0 v a0
ивановское        i0 v a1 n a0 f s k a0 j i0 | i0 v a0 n o1 f s k a0 j i0
измайлово         i0 z m a1 j l a0 v a0
измайловская      i0 z m a1 j l a0 f s k a0 j a0
ильича            i0 lj j i0 ch a1 | i0 lj i0 ch a1
имени             i1 mj i0 nj i0
калужская         k a0 l u1 sh s k a0 j a0
кантемировская    k a0 nj tj i0 mj i1 r a0 f s k a0 j a0
капотня           k a0 p a0 tj nj a1
каховская         k a0 h o1 f s k a0 j a0
каширская         k a0 sh y1 r s k a0 j a0
киевская          kj i1 j i0 f s k a0 j a0
китай             kj i0 t a1 j
кожуховская       k a0 zh u1 h a0 f s k a0 j a0 | k a0 zh u0 h o1 f s k a0 j a0
коломенская       k a0 l o1 mj i0 n s k a0 j a0
коммунарка        k a0 m u1 n a0 r k a0
комсомольская     k a0 m s a0 m o1 lj s k a0 j a0
коньково          k a0 nj k o1 v a0
коптево           k o1 p tj i0 v a0
косино            k o1 sj i0 n a0 | k a0 sj i1 n a0
котельники        k a0 tj e1 lj nj i0 kj i0
котловка          k a0 t l o1 f k a0
красногвардейская k r a0 s n a0 g v a0 r dj e1 j s k a0 j a0
краснопресненская k r a0 s n a0 p rj e1 sj nj i0 n s k a0 j a0
красносельская    k r a0 s n a0 sj e1 lj s k a0 j a0
красносельский    k r a0 s n a0 sj e1 lj s kj i0 j
красные           k r a1 s n y0 j i0
крестьянская      k rj i0 sj tj j a1 n s k a0 j a0 | k rj i0 s tj a1 n s k a0 j a0
кропоткинская     k r a0 p o1 t kj i0 n s k a0 j a0
крылатское        k r y0 l a1 c k a0 j i0
кузнецкий         k u0 zj nj e1 c kj i0 j
кузьминки         k u0 zj mj i1 n kj i0
культуры          k u0 lj t u1 r y0
кунцево           k u1 n c y0 v a0
кунцевская        k u1 n c y0 f s k a0 j a0
куркино           k u1 r kj i0 n a0
курская           k u1 r s k a0 j a0
кутузовская       k u0 t u1 z a0 f s k a0 j a0
левобережный      lj i0 v a0 bj e1 rj i0 zh n y0 j
ленина            lj e1 nj i0 n a0
ленинский         lj e1 nj i0 n s kj i0 j
лермонтовский     lj e1 r m a0 n t a0 f s kj i0 j
лефортово         lj i0 f o1 r t a0 v a0
лианозово         lj i0 a0 n o1 z a0 v a0
ломоносовский     l a0 m a0 n o1 s a0 f s kj i0 j
лосиноостровский  l a0 sj i0 n a0 a0 s t r o1 f s kj i0 j | l a0 sj i0 n a0 s t r o1 f s kj i0 j
лубянка           l u0 bj a1 n k a0
люблино           lj u1 b lj i0 n a0 | lj u0 b lj i0 n o1
марксистская      m a0 r k sj i1 s k a0 j a0
марфино           m a1 r fj i0 n a0
марьина           m a1 rj i0 n a0
марьино           m a1 rj j i0 n a0
маяковская        m a0 j i0 k o1 f s k a0 j a0
медведково        mj i0 d vj e1 t k a0 v a0
менделеевская     mj i0 nj dj i0 lj e1 j i0 f s k a0 j a0
мещанский         mj i0 sch a1 n s kj i0 j
мира              mj i1 r a0
митино            mj i1 tj i0 n a0
можайский         m a0 zh a1 j s kj i0 j
молжаниновский    m a0 l zh a0 nj i1 n a0 f s kj i0 j
молодёжная        m a0 l a0 dj o1 zh n a0 j a0
москворечье       m a0 s k v a0 rj e1 ch j i0
мост              m o1 s t
мякинино          mj i0 kj i1 nj i0 n a0
нагатино          n a0 g a1 tj i0 n a0
нагатинская       n a0 g a0 tj i1 n s k a0 j a0
нагорная          n a0 g o1 r n a0 j a0
нагорный          n a0 g o1 r n y0 j
нахимовский       n a0 hj i1 m a0 f s kj i0 j
некрасовка        nj i0 k r a1 s a0 f k a0
нижегородский     nj i0 zh y0 g a0 r o1 c kj i0 j
никулино          nj i0 k u1 lj i0 n a0
новогиреево       n a0 v a0 gj i1 rj i0 j i0 v a0
новокосино        n a0 v a0 k o1 sj i0 n a0 | n a0 v a0 k a0 sj i1 n a0
новокузнецкая     n a0 v a0 k u0 z nj e1 c k a0 j a0
новомосковский    n a0 v a0 m o1 s k a0 f s kj i0 j
новослободская    n a0 v a0 s l a0 b o1 c k a0 j a0
новоясеневская    n a0 v a0 j a1 sj i0 nj i0 f s k a0 j a0
новые             n o1 v y0 j i0
обручевский       a0 b r u1 ch i0 f s kj i0 j
октябрьская       a0 k tj a1 b rj s k a0 j a0 | a0 k tj a1 p s k a0 j a0
октябрьское       a0 k tj a1 b rj s k a0 j i0 | a0 k tj a1 p s k a0 j i0
орехово           a0 rj e1 h a0 v a0
останкинский      a0 s t a1 n kj i0 n s kj i0 j
отрадное          a0 t r a1 d n a0 j i0
охотный           a0 h o1 t n y0 j
очаково           a0 ch a1 k a0 v a0
павелецкая        p a0 vj i0 lj e1 c k a0 j a0
парк              p a1 r k
партизанская      p a0 r tj i0 z a1 n s k a0 j a0
первомайская      pj i0 r v a0 m a1 j s k a0 j a0
перово            pj i0 r o1 v a0 | pj e1 r a0 v a0
петровско         pj i0 t r o1 f s k a0
печатники         pj i0 ch a1 t nj i0 kj i0
пионерская        pj i0 a0 nj e1 r s k a0 j a0
планерная         p l a1 nj i0 r n a0 j a0
площадь           p l o1 sch i0 tj | p l o1 sch a0 tj
победы            p a0 bj e1 d y0
покровское        p a0 k r o1 f s k a0 j i0
поле              p o1 lj i0
полежаевская      p a0 lj i0 zh a1 j i0 f s k a0 j a0
полянка           p a0 lj a1 n k a0
пражская          p r a1 sh s k a0 j a0
преображенская    p rj i0 a0 b r a0 zh e1 n s k a0 j a0
преображенское    p rj i0 a0 b r a0 zh e1 n s k a0 j i0
пресненский       p rj e1 sj nj i0 n s kj i0 j
пролетарская      p r a0 lj i0 t a1 r s k a0 j a0
проспект          p r a0 s pj e1 k t | p r a0 s pj e1 k
профсоюзная       p r a0 f s a0 j u1 z n a0 j a0
пруды             p r u0 d y1
пушкинская        p u1 sh kj i0 n s k a0 j a0
пятницкое         pj a1 tj nj i0 c k a0 j i0
разумовская       r a0 z u0 m o1 f s k a0 j a0
раменки           r a1 mj i0 n kj i0 | r a0 mj e1 n kj i0
революции         rj i0 v a0 lj u1 c y0 i0
речной            rj i0 ch n o1 j
рижская           rj i1 sh s k a0 j a0
римская           rj i1 m s k a0 j a0
ростокино         r a0 s t o1 kj i0 n a0
роща              r o1 sch a0
ряд               rj a1 t
рязанский         rj i0 z a1 n s kj i0 j
савёлки           s a0 vj o1 l kj i0
савёловская       s a0 vj o1 l a0 f s k a0 j a0
сад               s a1 t
саларьево         s a0 l a1 rj j i0 v a0
свиблово          sj vj i1 b l a0 v a0 | s vj i1 b l a0 v a0
севастопольская   sj i0 v a0 s t o1 p a0 lj s k a0 j a0
северное          sj e1 vj i0 r n a0 j i0
северный          sj e1 vj i0 r n y0 j
северо            sj e1 vj i0 r a0
семёновская       sj i0 mj o1 n a0 f s k a0 j a0
серпуховская      sj i0 r p u0 h o1 f s k a0 j a0
славянский        s l a0 vj a1 n s kj i0 j
смоленская        s m a0 lj e1 n s k a0 j a0
сокол             s o1 k a0 l
сокольники        s a0 k o1 lj nj i0 kj i0
солнцево          s o1 n c y0 v a0
спортивная        s p a0 r tj i1 v n a0 j a0
стадион           s t a0 dj i0 o1 n
стан              s t a1 n
стрешнево         s t rj e1 sh nj i0 v a0
строгино          s t r o1 gj i0 n a0 | s t r a0 gj i0 n o1
студенческая      s t u0 dj e1 nj ch i0 s k a0 j a0
сухаревская       s u1 h a0 rj i0 f s k a0 j a0
сходненская       s h o1 d nj i0 n s k a0 j a0
таганская         t a0 g a1 n s k a0 j a0
таганский         t a0 g a1 n s kj i0 j
тверская          t vj i0 r s k a1 j a0
тверской          t vj i0 r s k o1 j
театральная       tj i0 a0 t r a1 lj n a0 j a0
текстильщики      tj i0 k sj tj i1 lj sch i0 kj i0
тимирязевская     tj i0 mj i0 rj a1 zj i0 f s k a0 j a0
тимирязевский     tj i0 mj i0 rj a1 zj i0 f s kj i0 j
третьяковская     t rj i0 tj j i0 k o1 f s k a0 j a0
троицкий          t r o1 i0 c kj i0 j
тропарёво         t r a0 p a0 rj o1 v a0
трубная           t r u1 b n a0 j a0
тульская          t u1 lj s k a0 j a0
тургеневская      t u0 r gj e1 nj i0 f s k a0 j a0
тушино            t u1 sh y0 n a0
тушинская         t u1 sh y0 n s k a0 j a0
тёплый            tj o1 p l y0 j
университет       u0 nj i0 vj i0 r sj i0 tj e1 t
фили              fj i1 lj i0
филёвский         fj i0 lj o1 f s kj i0 j
фонвизинская      f a0 n vj i1 zj i0 n s k a0 j a0
хамовники         h a0 m o1 v nj i0 kj i0
ховрино           h o1 v rj i0 n a0
царицыно          c a0 rj i1 c y0 n a0
цветной           c vj i0 t n o1 j
центральный       c y0 n t r a1 lj n y0 j
черкизовская      ch i0 r kj i1 z a0 f s k a0 j a0
чертаново         ch i0 r t a1 n a0 v a0
чертановская      ch i0 r t a0 n o1 f s k a0 j a0
черёмушки         ch i0 rj o1 m u0 sh kj i0
чеховская         ch e1 h a0 f s k a0 j a0
чистые            ch i1 s t y0 j i0
чкаловская        ch k a1 l a0 f s k a0 j a0
шаболовская       sh a1 b a0 l a0 f s k a0 j a0
шоссе             sh a0 s e1 | sh y0 s e1
щербинка          sch i0 r bj i1 n k a0
щукино            sch u1 kj i0 n a0
щукинская         sch u1 kj i0 n s k a0 j a0
щёлковская        sch o1 l k a0 f s k a0 j a0
электрозаводская  i0 lj i0 k t r a0 z a0 v o1 c k a0 j a0
энтузиастов       i0 n t u0 zj i0 a1 s t a0 f
юго               j u1 g a0
южная             j u1 zh n a0 j a0
южное             j u1 zh n a0 j i0
южный             j u1 zh n y0 j
якиманка          j i0 kj i1 m a0 n k a0
ярославский       j i0 r a0 s l a1 f s kj i0 j
ясенево           j a1 sj i0 nj i0 v a0
"""
