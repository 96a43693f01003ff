"""English family and given names: a head of common ones, and a long tail of names that few bear.

In a real register the hundred commonest family names cover about a quarter of people and half of all people
share their name with fewer than one in two thousand. Both ends matter: the head for coincidences, the tail
because a rare name says so much.
"""

from __future__ import annotations

from typing import Final

from vestry.synthetic.chance import Weighted, weighted, words

HEAD: Final = words("""
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
    Housden Kirby Thurgood Sworder Catchpole Deadman Pateman Wombwell""")

_STEMS: Final = words("""
    Hather Wood Ash Thorn Bram Hal Hol Win Whit Black Green Brad Brook Burn Camp Chad Clif Cole Cran Crow Dart
    Den Dun East Eller Far Fen Gar Gold Grim Hack Ham Hart Haw Hay Heath Hen High Hor Hux Kel Kirk Lang Led Lin
    Lock Long Lud Mal Mar Mel Mid Mil Nor Old Ot Pen Pick Prest Rad Ram Red Rush Sand Scar Shel Sher Skel South
    Stan Stock Sut Swin Tan Thur Tun Up Wake Wal War Wat Web West Wex Wil Wool Wy Yax Bick Dray Hurl Pax Quar
    Tolle Vear Wimble""")
_ENDS: Final = words("""
    ley ton ham well ford worth combe den bury field wood stead bridge man by ridge wick croft hurst land shaw
    gate more low brook thwaite ington stone""")
_FATHERS: Final = words("""
    Adkin Al Benn Dob Daw Eli Fitch Gib Hann Hew Hobb Ib Jen Jep Jud Larn Law Mad Matt Nel Peck Per Phil Rob
    Sim Stev Tom Wat Wil Will""")
_SONS: Final = words("son kins ett cock kinson ings")

HEAD_SHARE: Final = 0.27
"""Of people with an English name, how many bear one of `HEAD`."""


def family_names() -> Weighted[str]:
    """English family names to draw from: the head by rank, then some three thousand of the tail."""
    head = [(name, 1 / (rank + 14)) for rank, name in enumerate(HEAD, 1)]
    known = set(HEAD)
    made = [
        stem + end
        for end_at in range(len(_ENDS))
        for stem_at, stem in enumerate(_STEMS)
        if stem[-1] != (end := _ENDS[(end_at + stem_at * 5) % len(_ENDS)])[0]
    ]
    made += [father + son for son in _SONS for father in _FATHERS]
    tail = [(name, 1 / (rank + 150)) for rank, name in enumerate(dict.fromkeys(made)) if name not in known]
    of_head, of_tail = sum(w for _, w in head), sum(w for _, w in tail)
    return weighted(
        [(n, w * HEAD_SHARE / of_head) for n, w in head]
        + [(n, w * (1 - HEAD_SHARE) / of_tail) for n, w in tail]
    )


GIVEN: Final = {
    ("F", "old"): """
    Margaret Jean Patricia Mary Joan Barbara Sheila Maureen Dorothy Joyce Shirley Audrey Doreen Brenda Pauline
    Ann Kathleen Beryl Sylvia June Eileen Hazel Marjorie Betty Irene Elizabeth Daphne Gwendoline Rosemary Olive
    Marion Valerie Ruth Vera Josephine Winifred Phyllis Gladys Edna Norma Muriel Freda Constance Hilda Evelyn
    Thelma Ivy Elsie Rita Avril Peggy Monica Nancy Heather Yvonne Stella Marie Molly Eunice Rosina""",
    ("M", "old"): """
    John Peter William Ronald David Brian James Dennis Michael Derek George Raymond Roy Robert Alan Kenneth
    Donald Anthony Geoffrey Gordon Douglas Frederick Leonard Arthur Eric Norman Stanley Charles Bernard Ernest
    Harold Albert Reginald Sidney Leslie Edward Thomas Ivor Maurice Victor Cyril Walter Frank Edwin Gerald
    Herbert Clifford Bryan Aubrey Desmond Cecil Percy Ralph Joseph Wilfred Horace Roland Lionel Basil Rodney""",
    ("F", "middle"): """
    Susan Linda Christine Margaret Carol Jacqueline Janet Patricia Barbara Ann Sandra Julie Karen Helen
    Elizabeth Gillian Pamela Deborah Alison Jane Catherine Angela Sarah Lesley Maureen Wendy Diane Judith
    Marilyn Lynn Hilary Denise Teresa Sheila Rosemary Jennifer Anne Sally Yvonne Frances Penelope Beverley
    Kathryn Tina Elaine Heather Dawn Lorraine Annette Vivien Geraldine Cheryl Gail Rosalind Glynis Bridget
    Philippa Felicity Stephanie Marion Anita Joy Ruth Marian Celia Veronica Lindsey Melanie Tracey Sharon""",
    ("M", "middle"): """
    David John Stephen Michael Peter Robert Paul Alan Andrew Christopher Anthony Richard Philip Ian Graham
    Colin Kevin Keith Roger Martin Mark Brian Trevor Barry Geoffrey Nigel Malcolm Clive Terence Kenneth Raymond
    Nicholas Simon Timothy Neil Jeremy Jonathan William Derek Adrian Stuart Gary Roy Julian Russell Howard
    Patrick Gordon Francis Steven Phillip Duncan Guy Leslie Alastair Norman Bernard Edward Charles Tony Vincent
    Gerald Rodney Garry Glenn Melvyn Hugh Dominic Edwin Alexander Thomas""",
    ("F", "young"): """
    Sarah Claire Nicola Emma Lisa Joanne Michelle Samantha Victoria Rachel Louise Rebecca Laura Kelly Gemma
    Natalie Zoe Jennifer Katherine Lucy Hannah Charlotte Stephanie Amy Donna Kerry Hayley Melanie Clare Tracy
    Leanne Jessica Danielle Kirsty Alexandra Katie Helen Sophie Vanessa Natasha Holly Stacey Anna Kate Catherine
    Fiona Tanya Marie Heidi Jodie Lindsay Naomi Abigail Georgina Lauren Cheryl Ruth Harriet Elizabeth Alice
    Lyndsey Kathryn Amanda Eleanor Jemma Tamsin Frances Chloe Melissa Kimberley Rosie Caroline Bethan Carly
    Sara Tara Verity Anneka Jenna Philippa""",
    ("M", "young"): """
    Paul David Andrew Mark Stephen Richard Christopher Matthew Michael James Daniel Robert Jason Darren Lee
    Simon Ian Jonathan Craig Adam Benjamin Thomas Stuart Neil Gareth Steven Philip Nicholas Alexander Ryan
    Gary Wayne Martin Ross Scott Jamie Luke Carl Edward Anthony Joseph Samuel Dean Justin Timothy William Peter
    Jonathon Karl Ashley Oliver Stewart Marcus Damian Joshua Gavin Russell Kevin Charles Aaron Dominic Nathan
    Barry Tristan Rupert Toby Leon Duncan Shane Antony Guy Rhys Elliott Giles Kieran Leigh Alistair Sebastian
    Warren Kirk""",
    ("F", "new"): """
    Olivia Emily Sophie Jessica Amelia Chloe Charlotte Isla Ella Grace Lily Poppy Freya Hannah Megan Ava Mia
    Evie Florence Isabella Daisy Ruby Alice Phoebe Molly Abigail Lauren Bethany Holly Erin Eleanor Georgia
    Matilda Harriet Rosie Imogen Willow Ivy Elsie Maisie Lola Amber Katie Jasmine Elizabeth Millie Caitlin
    Scarlett Sienna Aria Rose Penelope Thea Ellie Lucy Zara Martha Eliza Summer Beatrice Lottie Eva Orla Emilia
    Nancy Annabelle Maya Darcey Francesca Heidi Clara Esme Robyn Lexi Paige Skye Niamh Tilly Autumn Faith
    Bonnie Arabella Mabel Edith Iris Violet Hallie Ottilie Margot Delilah Luna Aurora Wren""",
    ("M", "new"): """
    Oliver Jack Harry George Thomas Joshua William James Charlie Noah Alfie Samuel Joseph Daniel Henry Jacob
    Leo Oscar Archie Theodore Arthur Freddie Ethan Logan Callum Luke Ryan Connor Max Alexander Liam Edward
    Lewis Reuben Nathan Toby Finley Jake Harrison Ben Bradley Isaac Dylan Tyler Elliot Albert Hugo Louis Teddy
    Jude Rory Sebastian Zachary Mason Tommy Roman Ralph Caleb Frankie Ronnie Stanley Riley Felix Rowan Kai
    Jenson Michael Adam Benjamin Matthew Cameron Aaron Owen Kieran Jayden Gabriel Ellis Fraser Blake Bobby
    Jasper Otis Ezra Sonny Rupert Ted Barnaby Monty Digby Hector Kit Laurie Wilfred Otto Rafferty Seth""",
}
"""Sex and generation -> given names, commonest first."""


def generation_of(birth_year: int) -> str:
    """Which fashion in names a year of birth belongs to."""
    if birth_year < 1942:
        return "old"
    return "middle" if birth_year < 1967 else "young" if birth_year < 1995 else "new"
