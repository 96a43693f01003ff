"""Names that people of the fictional place bear: lists by heritage, sex and generation, commonest first.

The lists were written for Vestry. They hold names in common use, so that spelling, order and diminutives
behave as they do in a real register; no list is of real people, and every person is made by chance.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from vestry.synthetic.chance import Weighted, ranked, weighted

ENGLISH: Final = "english"
IRISH: Final = "irish"
PAKISTANI: Final = "pakistani"
INDIAN: Final = "indian"
POLISH: Final = "polish"
ROMANIAN: Final = "romanian"
NIGERIAN: Final = "nigerian"
CHINESE: Final = "chinese"

HERITAGES: Final = (
    (ENGLISH, 0.76),
    (IRISH, 0.03),
    (PAKISTANI, 0.055),
    (INDIAN, 0.055),
    (POLISH, 0.03),
    (ROMANIAN, 0.03),
    (NIGERIAN, 0.025),
    (CHINESE, 0.015),
)
"""Shares of households: an English county of middling diversity, near the shape of Census 2021."""

FAMILY_NAMES: Final = {
    ENGLISH: """
    Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White
    Roberts Green Hall Wood Jackson Clarke Harris Clark Turner Hill Cooper Moore Ward Morris Watson Baker
    Harrison Morgan Patterson King Allen Lee Martin Parker Cook Edwards Bennett Carter Phillips Shaw Webb
    Mitchell Collins Richardson Bailey Hughes Marshall Young Knight Adams Stevens Mills Palmer Lewis Barker
    Chapman Fisher Pearson Rogers Gray Simpson Mason Hunt Powell Day Foster Ellis Stone Holmes Reynolds
    Fletcher Payne Graham Saunders Barnes Andrews Lawrence Butler Rose Pearce Dixon Hart Cole Bird Wells
    Gibson Newman Harvey Page Matthews Burton Wheeler Osborne Read Franklin Whitehead Bishop Potter Hayes
    Nicholls Burgess Bradley Lambert Skinner Fuller Cross Goodwin Norris Hardy Marsh Warner Stephens
    Sheppard Hammond Clayton Parsons Barrett Bull Dyer Thorpe Holloway Perkins Lovell Chambers Gilbert
    Sharpe Draper Coleman Peacock Pratt Moss Wilkinson Atkins Barlow Kemp Hodgson Blake Baldwin Fowler Lowe
    Nash Humphrey Abbott Pollard Tyler Bolton Whittaker Ashworth Cartwright Ingram Tranter Farrow Peck
    Housden Kirby Thurgood Sworder Catchpole Deadman Pateman Wombwell""",
    IRISH: """
    Murphy Kelly O'Sullivan Walsh O'Brien Byrne Ryan O'Connor O'Neill Reilly Doyle McCarthy Gallagher
    Doherty Kennedy Lynch Murray Quinn McLoughlin Carroll Connolly Daly O'Connell Dunne Brennan Fitzgerald
    McDonagh McMahon Ward Keenan Mulligan Cassidy Donnelly Hickey""",
    PAKISTANI: """
    Khan Ahmed Hussain Begum Ali Akhtar Mahmood Malik Iqbal Shah Rahman Bibi Mirza Chowdhury Miah Uddin
    Islam Siddiqui Butt Raja Aslam Qureshi Sheikh Rashid Yousaf Zaman Chaudhry Haque Anwar Saleem Karim
    Javed""",
    INDIAN: """
    Patel Singh Kaur Sharma Shah Kumar Gupta Mistry Desai Mehta Joshi Reddy Nair Thomas Rao Chauhan Sandhu
    Gill Sidhu Dhillon Parmar Solanki Iyer Menon Verma Bhatt Grewal Rathod Pillai Varghese Lad Bains""",
    POLISH: """
    Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski
    Kozłowski Jankowski Mazur Kwiatkowski Krawczyk Piotrowski Grabowski Pawlak Michalski Król Wieczorek
    Jabłoński Wróbel Majewski Olszewski""",
    ROMANIAN: """
    Popescu Ionescu Popa Radu Dumitru Stan Stoica Gheorghe Matei Ciobanu Rusu Munteanu Marin Tudor
    Constantin Ungureanu Moldovan Florea Dinu Barbu Lazăr Cojocaru Șerban Crăciun Dobre Nistor""",
    NIGERIAN: """
    Okafor Adeyemi Okonkwo Adebayo Eze Balogun Okoye Ogunleye Nwosu Adeleke Chukwu Afolabi Oladipo Obi Bello
    Onyeka Akinola Olawale Uche Adesanya Nwachukwu Igwe Ojo Bamidele Ezekiel Osagie""",
    CHINESE: """
    Chen Wong Li Zhang Wang Chan Liu Cheung Lin Huang Ng Lam Yang Wu Lau Ho Xu Leung Zhao Yip Tang Zhou""",
}

GIVEN_NAMES: Final = {
    (ENGLISH, "F", "old"): """
    Margaret Jean Patricia Susan Christine Barbara Linda Carol Maureen Sheila Janet Ann Joan Elizabeth
    Pauline Brenda Mary Sandra Dorothy Gillian Valerie Shirley Marion Doreen Beryl Judith Eileen Kathleen
    Joyce Rosemary Hazel June Sylvia Jacqueline Daphne Wendy Audrey Marjorie Hilary Winifred""",
    (ENGLISH, "M", "old"): """
    John David Peter Michael Brian Robert Alan Roger William Anthony George Ronald Raymond James Kenneth
    Derek Barry Keith Dennis Geoffrey Roy Richard Terence Colin Frederick Graham Leonard Malcolm Trevor
    Norman Bernard Gordon Ernest Clive Stanley Reginald Donald Harold Edwin Maurice""",
    (ENGLISH, "F", "middle"): """
    Sarah Claire Nicola Emma Lisa Joanne Michelle Helen Samantha Karen Victoria Rachel Catherine Louise
    Rebecca Alison Julie Tracey Jacqueline Deborah Amanda Laura Kelly Angela Kerry Caroline Jennifer
    Katherine Natalie Sharon Dawn Melanie Fiona Jane Lorraine Gemma Heather Tina Zoe Anna Lucy Stephanie""",
    (ENGLISH, "M", "middle"): """
    Paul David Andrew Mark Stephen Richard Simon Christopher Matthew Ian Michael Robert James Jason Darren
    Lee Neil Daniel Anthony Gary Martin Jonathan Kevin Stuart Nicholas Steven Adam Craig Philip Timothy
    Benjamin Jamie Alexander Edward Gavin Russell Nigel Dean Carl Graham Adrian Shaun Duncan Wayne Ross""",
    (ENGLISH, "F", "young"): """
    Olivia Emily Sophie Jessica Amelia Chloe Charlotte Isla Ella Grace Lily Poppy Freya Hannah Megan Ava Mia
    Evie Florence Isabella Daisy Ruby Alice Phoebe Molly Abigail Lauren Bethany Holly Erin Eleanor Georgia
    Matilda Harriet Rosie Imogen Willow Ivy Elsie Maisie Lola Amber Katie Jasmine Elizabeth Millie""",
    (ENGLISH, "M", "young"): """
    Oliver Jack Harry George Thomas Joshua William James Charlie Noah Alfie Samuel Joseph Daniel Henry Jacob
    Leo Oscar Archie Theodore Arthur Freddie Ethan Logan Callum Luke Ryan Connor Max Alexander Liam Edward
    Lewis Reuben Nathan Toby Finley Jake Harrison Ben Bradley Isaac Dylan Tyler Elliot Albert Hugo""",
    (IRISH, "F", "any"): """
    Mary Bridget Siobhan Aoife Niamh Kathleen Sinead Orla Maeve Ciara Roisin Deirdre Noreen Caoimhe Nuala""",
    (IRISH, "M", "any"): """
    Patrick Sean Michael Liam Declan Brendan Eoin Kieran Niall Conor Fergal Cormac Padraig Dermot Seamus
    Aidan""",
    (PAKISTANI, "F", "any"): """
    Fatima Aisha Zainab Maryam Khadija Amina Nasreen Shazia Rukhsana Saima Sadia Yasmin Farah Hafsa Nadia
    Razia Shabana Sumaiya Tahira Zara Noor Iqra""",
    (PAKISTANI, "M", "any"): """
    Mohammed Muhammad Ahmed Ali Imran Bilal Hassan Usman Tariq Yusuf Abdul Hamza Ibrahim Omar Zubair Kamran
    Asif Nadeem Shahid Faisal Waqas Rashid Adnan Mohammad""",
    (INDIAN, "F", "any"): """
    Priya Anjali Sunita Meera Pooja Kavita Jasmeet Harpreet Manjit Neha Deepa Rekha Nisha Hansa Jaswinder
    Simran Lakshmi Divya Ananya Bhavna Anita Gurpreet""",
    (INDIAN, "M", "any"): """
    Raj Amit Sanjay Vijay Rahul Gurpreet Harjit Arjun Kiran Suresh Ramesh Mukesh Balwinder Nikhil Dinesh
    Jaspreet Anil Rohan Manjit Sunil Deepak Prakash Dev""",
    (POLISH, "F", "any"): """
    Anna Katarzyna Agnieszka Małgorzata Magdalena Zofia Zuzanna Julia Aleksandra Joanna Monika Ewa Beata
    Karolina Oliwia Hanna""",
    (POLISH, "M", "any"): """
    Piotr Krzysztof Andrzej Tomasz Paweł Michał Marcin Jakub Łukasz Grzegorz Jan Szymon Filip Mateusz Adam
    Rafał Kacper""",
    (ROMANIAN, "F", "any"): """
    Maria Elena Ioana Andreea Mihaela Alexandra Cristina Ana Gabriela Daniela Roxana Florentina Ștefania
    Sofia Raluca""",
    (ROMANIAN, "M", "any"): """
    Alexandru Andrei Ion Mihai Ștefan Cristian Ionuț Gheorghe Florin Marius Vasile Daniel David Răzvan
    Bogdan Adrian""",
    (NIGERIAN, "F", "any"): """
    Ngozi Chioma Folake Grace Blessing Amaka Adaeze Funmilayo Yetunde Ifeoma Temitope Esther Bukola
    Chidinma Joy""",
    (NIGERIAN, "M", "any"): """
    Emeka Oluwaseun Chinedu Tunde Babatunde Ikenna Samuel Emmanuel Olumide Chukwuemeka David Segun Femi
    Kelechi Ayodele""",
    (CHINESE, "F", "any"): """
    Mei Xiu-Ying Li-Na Jing Yan Hui Ka-Yan Siu-Ling Fang Xin-Yi Wai-Ling Grace Amy Ying""",
    (CHINESE, "M", "any"): """
    Wei Jun Ming Chi-Wai Hao Kai Ka-Ming Lei Jian Tao Wing-Kit Yu-Xuan Kevin Jason Chun""",
}

NICKNAMES: Final = {
    "Margaret": ("Maggie", "Peggy", "Meg"), "Patricia": ("Pat", "Trish"), "Susan": ("Sue",),
    "Christine": ("Chris",), "Barbara": ("Babs",), "Elizabeth": ("Liz", "Betty", "Beth"),
    "Dorothy": ("Dot",), "Gillian": ("Gill",), "Valerie": ("Val",), "Kathleen": ("Kath",),
    "Jacqueline": ("Jackie",), "Judith": ("Judy",), "Winifred": ("Win",), "David": ("Dave",),
    "Michael": ("Mike", "Mick"), "Robert": ("Bob", "Rob"), "William": ("Bill", "Will"),
    "Anthony": ("Tony",), "Ronald": ("Ron",), "Raymond": ("Ray",), "James": ("Jim", "Jamie"),
    "Kenneth": ("Ken",), "Geoffrey": ("Geoff",), "Richard": ("Dick", "Rick"), "Terence": ("Terry",),
    "Frederick": ("Fred",), "Leonard": ("Len",), "Reginald": ("Reg",), "Donald": ("Don",),
    "John": ("Jack",), "Peter": ("Pete",), "Nicola": ("Nicky",), "Joanne": ("Jo",), "Michelle": ("Shell",),
    "Samantha": ("Sam",), "Victoria": ("Vicky",), "Catherine": ("Cathy", "Kate"), "Katherine": ("Kathy",
    "Kate"), "Rebecca": ("Becky",), "Deborah": ("Debbie",), "Amanda": ("Mandy",), "Jennifer": ("Jenny",),
    "Stephanie": ("Steph",), "Andrew": ("Andy", "Drew"), "Stephen": ("Steve",), "Steven": ("Steve",),
    "Christopher": ("Chris",), "Matthew": ("Matt",), "Daniel": ("Dan", "Danny"), "Jonathan": ("Jon",),
    "Nicholas": ("Nick",), "Philip": ("Phil",), "Timothy": ("Tim",), "Benjamin": ("Ben",),
    "Alexander": ("Alex", "Sandy"), "Edward": ("Ted", "Ed"), "Thomas": ("Tom",), "Joshua": ("Josh",),
    "Samuel": ("Sam",), "Joseph": ("Joe",), "Theodore": ("Theo",), "Isabella": ("Bella",),
    "Abigail": ("Abi",), "Jessica": ("Jess",), "Matilda": ("Tilly",), "Eleanor": ("Ellie",),
    "Patrick": ("Paddy", "Pat"), "Bridget": ("Bridie",), "Małgorzata": ("Gosia",), "Katarzyna": ("Kasia",),
    "Agnieszka": ("Aga",), "Krzysztof": ("Chris",), "Aleksandra": ("Ola",), "Oluwaseun": ("Seun",),
    "Chukwuemeka": ("Emeka",), "Alexandru": ("Alex",), "Babatunde": ("Tunde",), "Harpreet": ("Harry",),
}  # fmt: skip
"""Given name -> what the person may be called instead."""

SPELLINGS: Final = {
    "Mohammed": ("Mohammad", "Muhammad", "Mohamed", "Md"), "Muhammad": ("Mohammed", "Mohammad",
    "Muhammed"), "Mohammad": ("Mohammed", "Muhammad"), "Ahmed": ("Ahmad",), "Hussain": ("Hussein",
    "Husain"), "Aisha": ("Ayesha",), "Yusuf": ("Yousuf", "Yousef"), "Uddin": ("Udin",),
    "Chowdhury": ("Choudhury", "Chaudhry"), "Stephen": ("Steven",), "Catherine": ("Katherine", "Kathryn"),
    "Ann": ("Anne",), "Clarke": ("Clark",), "Clark": ("Clarke",), "Philip": ("Phillip",),
    "Phillips": ("Philips",), "Thompson": ("Thomson",), "Davies": ("Davis",), "Reilly": ("O'Reilly",
    "Riley"), "McLoughlin": ("McLaughlin",), "Doherty": ("Docherty",), "Sean": ("Shaun",),
    "Siobhan": ("Shivaun",), "Zofia": ("Sofia",), "Jakub": ("Jacob",), "Wong": ("Huang",),
    "Chan": ("Chen",), "Read": ("Reid",), "Matthews": ("Mathews",), "Nicholls": ("Nichols",),
    "Stephens": ("Stevens",), "Lee": ("Leigh",), "Graham": ("Graeme",), "Geoffrey": ("Jeffrey",),
    "Zainab": ("Zaynab",), "Sharma": ("Sharmah",), "Cook": ("Cooke",),
}  # fmt: skip
"""Name -> other spellings that a clerk may hear or a family may use."""

TITLES: Final = {
    "F": (("Mrs", 0.5), ("Miss", 0.27), ("Ms", 0.2), ("Dr", 0.03)),
    "M": (("Mr", 0.97), ("Dr", 0.03)),
}


@cache
def family_names(heritage: str) -> Weighted[str]:
    """Family names of a heritage, to draw from."""
    return ranked(FAMILY_NAMES[heritage])


@cache
def given_names(heritage: str, sex: str, generation: str) -> Weighted[str]:
    """Given names of a heritage and sex; `generation` counts where fashions are listed."""
    key = (heritage, sex, generation)
    return ranked(GIVEN_NAMES[key if key in GIVEN_NAMES else (heritage, sex, "any")])


@cache
def heritages() -> Weighted[str]:
    """Heritages of households, to draw from."""
    return weighted(HERITAGES)


@cache
def titles(sex: str) -> Weighted[str]:
    """Titles of adults of a sex, to draw from."""
    return weighted(TITLES[sex])


def generation_of(birth_year: int) -> str:
    """Which fashion in names a year of birth belongs to."""
    if birth_year < 1958:
        return "old"
    return "middle" if birth_year < 1992 else "young"


def in_feminine(family_name: str) -> str:
    """A Polish family name as a woman bears it: `Kowalski` is `Kowalska`."""
    return f"{family_name[:-1]}a" if family_name.endswith(("ski", "cki", "dzki")) else family_name
