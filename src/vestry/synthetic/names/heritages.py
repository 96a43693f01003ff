"""Names of people whose families came from elsewhere, in the last few years or a thousand years ago.

Orders differ with heritage: see `drawing`. Spellings that vary and names that people go by are in `variants`.
"""

from __future__ import annotations

from typing import Final

ENGLISH: Final = "english"
IRISH: Final = "irish"
TRAVELLER: Final = "traveller"
PAKISTANI: Final = "pakistani"
BANGLADESHI: Final = "bangladeshi"
INDIAN: Final = "indian"
POLISH: Final = "polish"
ROMANIAN: Final = "romanian"
PORTUGUESE: Final = "portuguese"
NIGERIAN: Final = "nigerian"
CARIBBEAN: Final = "caribbean"
CHINESE: Final = "chinese"
ARABIC: Final = "arabic"

HERITAGES: Final = {
    ENGLISH: 0.775, IRISH: 0.030, TRAVELLER: 0.002, PAKISTANI: 0.022, BANGLADESHI: 0.010, INDIAN: 0.042,
    POLISH: 0.024, ROMANIAN: 0.018, PORTUGUESE: 0.008, NIGERIAN: 0.024, CARIBBEAN: 0.018, CHINESE: 0.012,
    ARABIC: 0.015,
}  # fmt: skip
"""Shares of households by the family's names, near Census 2021's shares of ethnic groups in Hertfordshire (82 in
100 white, 9 Asian, 4 mixed, 4 black, 2 other), names apart from ethnicity: see `people.ethnicity`."""

FAMILY: Final = {
    IRISH: """
    Murphy Kelly O'Sullivan Walsh O'Brien Byrne Ryan O'Connor O'Neill Reilly Doyle McCarthy Gallagher
    Doherty Kennedy Lynch Murray Quinn McLoughlin Carroll Connolly Daly O'Connell Dunne Brennan
    Fitzgerald McDonagh McMahon Ward Keenan Mulligan Cassidy Donnelly Hickey Flynn Nolan Sheehan Foley
    Keane Hogan Moran Sweeney Duffy Maguire Boyle Hennessy Lavery Geraghty Tierney Rafferty Costello
    Kavanagh Fahey Egan Devlin Mooney Crowley Barry Buckley Power""",
    TRAVELLER: """
    Ward Maughan Connors Doran Cash Stokes McDonagh Delaney Lee Smith Cooper Loveridge Price Hearn
    Boswell Penfold Buckland Doherty Joyce Sweeney Reilly Mongan Quilligan""",
    PAKISTANI: """
    Khan Ahmed Hussain Begum Ali Akhtar Mahmood Malik Iqbal Shah Rahman Bibi Mirza Chowdhury Miah Uddin
    Islam Siddiqui Butt Raja Aslam Qureshi Sheikh Rashid Yousaf Zaman Chaudhry Haque Anwar Saleem Karim
    Javed Abbasi Bashir Bhatti Dar Gill Hamid Janjua Kiani Latif Majid Naz Nawaz Parveen Rafiq Riaz
    Saddique Tariq Waheed Younis Zafar Kauser Shaheen Sultana Awan Minhas""",
    BANGLADESHI: """
    Begum Miah Ali Khatun Uddin Rahman Ahmed Hussain Islam Choudhury Khanom Alam Hoque Chowdhury Akther
    Haque Khan Sultana Rashid Sarkar Kabir Karim Malek Mia Bibi Talukdar Bhuiyan Mondal Sheikh Nessa""",
    INDIAN: """
    Patel Singh Kaur Sharma Shah Kumar Gupta Mistry Desai Mehta Joshi Reddy Nair Thomas Rao Chauhan
    Sandhu Gill Sidhu Dhillon Parmar Solanki Iyer Menon Verma Bhatt Grewal Rathod Pillai Varghese Lad
    Bains Amin Bhandari Bhogal Chopra Dave Gandhi Jain Kapoor Khatri Lakhani Malhotra Modi Naidu Panchal
    Raval Saini Sehgal Shukla Tailor Thakur Trivedi Vyas Krishnan Subramanian Mathew George""",
    POLISH: """
    Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak
    Dąbrowski Kozłowski Jankowski Mazur Kwiatkowski Krawczyk Piotrowski Grabowski Pawlak Michalski Król
    Wieczorek Jabłoński Wróbel Majewski Olszewski Adamczyk Dudek Górski Jaworski Kaczmarek Kubiak Lis
    Malinowski Nowicki Pawłowski Rutkowski Sikora Stępień Szewczyk Tomaszewski Walczak Wrona Zając
    Zalewski Ziółkowski Sobczak Baran""",
    ROMANIAN: """
    Popescu Ionescu Popa Radu Dumitru Stan Stoica Gheorghe Matei Ciobanu Rusu Munteanu Marin Tudor
    Constantin Ungureanu Moldovan Florea Dinu Barbu Lazăr Cojocaru Șerban Crăciun Dobre Nistor Albu
    Balan Bucur Chiriac Costea Dragomir Enache Filip Grigore Iacob Luca Mocanu Neagu Oprea Pavel
    Petrescu Roman Sandu Sava Toma Vasile Voicu""",
    PORTUGUESE: """
    Silva Santos Ferreira Pereira Oliveira Costa Rodrigues Martins Sousa Fernandes Goncalves Gomes Lopes
    Marques Almeida Alves Ribeiro Pinto Carvalho Teixeira Moreira Correia Mendes Nunes Soares Vieira
    Monteiro Cardoso Rocha Neves""",
    NIGERIAN: """
    Okafor Adeyemi Okonkwo Adebayo Eze Balogun Okoye Ogunleye Nwosu Adeleke Chukwu Afolabi Oladipo Obi
    Bello Onyeka Akinola Olawale Uche Adesanya Nwachukwu Igwe Ojo Bamidele Ezekiel Osagie Abiola
    Adekunle Adeniyi Akande Alabi Amadi Anyanwu Ayodele Chinwe Ekwueme Emmanuel Fashola Ibrahim Ikenna
    Lawal Mohammed Nnamdi Obasanjo Odili Ogunbanjo Okeke Okoro Oladele Onwuka Sanni Usman""",
    CARIBBEAN: """
    Campbell Brown Williams Grant Gordon Francis Thomas Clarke James Lewis Morgan Bailey Reid Henry
    Stewart Edwards Thompson Richards Johnson Samuels McKenzie Bryan Palmer Joseph Alexander Charles
    Daley Blackwood Pinnock Barrett Bogle Christie Dacosta Facey Gayle Hinds Laing Mullings Nugent
    Spence Whyte""",
    CHINESE: """
    Chen Wong Li Zhang Wang Chan Liu Cheung Lin Huang Ng Lam Yang Wu Lau Ho Xu Leung Zhao Yip Tang Zhou
    Guo Luo Sun Ma Zhu Hu Deng Feng Tsang Fung Mak Kwok Poon Tsui Yuen Yeung Siu Tse Lo Kwan""",
    ARABIC: """
    Ahmed Mohamed Ali Hassan Ibrahim Abdullah Mahmoud Saleh Hussein Osman Abdi Farah Yusuf Omar Khalil
    Mansour Haddad Nasser Aziz Salem Said Hamid Jama Warsame Elmi Mostafa Karimi Rahimi Ahmadi Hosseini""",
}

GIVEN: Final = {
    (IRISH, "F"): """
    Mary Bridget Siobhan Aoife Niamh Kathleen Sinead Orla Maeve Ciara Roisin Deirdre Noreen Caoimhe
    Nuala Margaret Ann Eileen Teresa Grainne Fionnuala Clodagh Emer Aisling Cliona Breda Philomena Una
    Saoirse Eimear""",
    (IRISH, "M"): """
    Patrick Sean Michael Liam Declan Brendan Eoin Kieran Niall Conor Fergal Cormac Padraig Dermot Seamus
    Aidan John James Thomas Kevin Colm Donal Ciaran Gerard Eamon Barry Oisin Cathal Tadhg Diarmuid
    Fintan""",
    (TRAVELLER, "F"): """
    Mary Margaret Kathleen Bridget Ann Chantelle Shannon Winifred Helen Philomena Nora Scarlett Kacey
    Violet Louisa Priscilla Britannia Cinderella""",
    (TRAVELLER, "M"): """
    John Patrick James Michael Martin Thomas William Jim Miley Francis Johnny Levi Nelson Elijah Job
    Henry Danny Jimmy Hughie Felix""",
    (PAKISTANI, "F"): """
    Fatima Aisha Zainab Maryam Khadija Amina Nasreen Shazia Rukhsana Saima Sadia Yasmin Farah Hafsa
    Nadia Razia Shabana Sumaiya Tahira Zara Noor Iqra Samina Shaista Bushra Rubina Nusrat Asma Uzma Hina
    Aaliyah Anisa Maira Inaya Alina Nabila Parveen Sameena Ayesha""",
    (PAKISTANI, "M"): """
    Mohammed Muhammad Ahmed Ali Imran Bilal Hassan Usman Tariq Yusuf Abdul Hamza Ibrahim Omar Zubair
    Kamran Asif Nadeem Shahid Faisal Waqas Rashid Adnan Mohammad Shabir Zahid Iftikhar Sajid Amir Khalid
    Naveed Shafiq Haroon Zain Eesa Adam Rehan Junaid Arslan Mudassar Nasir Pervez""",
    (BANGLADESHI, "F"): """
    Fatima Ayesha Nazma Rahima Shirin Sultana Rokeya Jahanara Hasina Taslima Sabina Nasima Rehana
    Farzana Sumaiya Tahmina Momtaz Amina Salma Rumana Tanzina Nadia Jannat Mahima""",
    (BANGLADESHI, "M"): """
    Mohammed Md Abdul Shah Mohammad Ruhul Kamal Jamal Nurul Shahid Habibur Mizanur Faruk Rafiq Anwar
    Aminul Tariqul Saiful Monir Shafiqul Rezaul Sadiq Tanvir Ibrahim Yasin""",
    (INDIAN, "F"): """
    Priya Anjali Sunita Meera Pooja Kavita Jasmeet Harpreet Manjit Neha Deepa Rekha Nisha Hansa
    Jaswinder Simran Lakshmi Divya Ananya Bhavna Anita Gurpreet Sangeeta Geeta Usha Savita Jayshree
    Kamla Parminder Sukhdeep Kiran Ritu Swati Shreya Aarti Jyoti Aanya Diya Kusum Manjula Nirmala""",
    (INDIAN, "M"): """
    Raj Amit Sanjay Vijay Rahul Gurpreet Harjit Arjun Kiran Suresh Ramesh Mukesh Balwinder Nikhil Dinesh
    Jaspreet Anil Rohan Manjit Sunil Deepak Prakash Dev Ashok Bharat Jayesh Harish Rakesh Paresh
    Sukhwinder Kulwinder Baldev Surinder Vikram Aditya Karan Ravi Aarav Naresh Kishan Pravin Satish""",
    (POLISH, "F"): """
    Anna Katarzyna Agnieszka Małgorzata Magdalena Zofia Zuzanna Julia Aleksandra Joanna Monika Ewa Beata
    Karolina Oliwia Hanna Barbara Krystyna Iwona Renata Dorota Natalia Wiktoria Maja Lena Justyna
    Paulina Sylwia Marta Alicja Kinga Emilia""",
    (POLISH, "M"): """
    Piotr Krzysztof Andrzej Tomasz Paweł Michał Marcin Jakub Łukasz Grzegorz Jan Szymon Filip Mateusz
    Adam Rafał Kacper Stanisław Zbigniew Dariusz Mariusz Sebastian Dawid Wojciech Bartosz Kamil Antoni
    Aleksander Oskar Robert Dominik Patryk""",
    (ROMANIAN, "F"): """
    Maria Elena Ioana Andreea Mihaela Alexandra Cristina Ana Gabriela Daniela Roxana Florentina Ștefania
    Sofia Raluca Alina Simona Monica Carmen Adriana Georgiana Larisa Bianca Denisa Oana Camelia Nicoleta
    Anca Teodora Iulia""",
    (ROMANIAN, "M"): """
    Alexandru Andrei Ion Mihai Ștefan Cristian Ionuț Gheorghe Florin Marius Vasile Daniel David Răzvan
    Bogdan Adrian Constantin Nicolae Gabriel Sorin Lucian Cătălin Radu Dragoș Vlad Costel Petru Matei
    Luca Ovidiu""",
    (PORTUGUESE, "F"): """
    Maria Ana Sofia Ines Beatriz Catarina Mariana Joana Carla Sandra Patricia Teresa Fernanda Lucia Rita
    Claudia Isabel Marta Paula Filipa""",
    (PORTUGUESE, "M"): """
    Joao Jose Pedro Manuel Antonio Carlos Paulo Rui Luis Miguel Tiago Bruno Ricardo Nuno Diogo Andre
    Francisco Jorge Fernando Goncalo""",
    (NIGERIAN, "F"): """
    Ngozi Chioma Folake Grace Blessing Amaka Adaeze Funmilayo Yetunde Ifeoma Temitope Esther Bukola
    Chidinma Joy Oluwaseyi Titilayo Aisha Zainab Nkechi Ebele Omotola Morenike Precious Favour Abimbola
    Adaora Obioma Bisola Patience""",
    (NIGERIAN, "M"): """
    Emeka Oluwaseun Chinedu Tunde Babatunde Ikenna Samuel Emmanuel Olumide Chukwuemeka David Segun Femi
    Kelechi Ayodele Olusegun Adewale Kayode Ifeanyi Obinna Uchenna Chidi Kunle Gbenga Rotimi Yusuf Musa
    Daniel Michael Joshua""",
    (CARIBBEAN, "F"): """
    Sharon Marcia Beverley Yvonne Paulette Jacqueline Claudette Hyacinth Pearl Gloria Merlene Sonia
    Donna Michelle Natasha Shanice Chantelle Keisha Tanisha Jade Aaliyah Renee Simone Naomi Leah""",
    (CARIBBEAN, "M"): """
    Winston Trevor Delroy Leroy Errol Clive Neville Desmond Michael Anthony Donovan Carlton Marlon
    Jermaine Tyrone Dwayne Leon Jerome Kieron Malachi Isaiah Elijah Nathaniel Devonte Reece""",
    (CHINESE, "F"): """
    Mei Xiu-Ying Li-Na Jing Yan Hui Ka-Yan Siu-Ling Fang Xin-Yi Wai-Ling Grace Amy Ying Li Xin Na Min
    Juan Qian Yu-Ting Hoi-Ching Wing-Yan Mei-Ling Pui-Shan Suk-Fong Jessica Vivian Karen""",
    (CHINESE, "M"): """
    Wei Jun Ming Chi-Wai Hao Kai Ka-Ming Lei Jian Tao Wing-Kit Yu-Xuan Kevin Jason Chun Feng Qiang Bo
    Peng Zihan Chun-Hei Ho-Yin Kwok-Wah Man-Ho Chi-Ming Siu-Fai Andrew Raymond Jacky Lok""",
    (ARABIC, "F"): """
    Fatima Maryam Aisha Zainab Noor Layla Huda Amal Samira Rania Hanan Yasmin Khadija Salma Mona Sahra
    Hodan Ifrah Dina Nadia Leila Parisa Zahra Fadumo""",
    (ARABIC, "M"): """
    Mohamed Ahmed Ali Omar Hassan Hussein Ibrahim Khalid Youssef Mahmoud Abdullah Mustafa Karim Samir
    Tariq Abdirahman Ismail Bilal Hamza Rami Reza Farhad Nader Zakariya""",
}
