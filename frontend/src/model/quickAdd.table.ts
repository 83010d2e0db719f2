/*
 * What people type, and what must come of it: "title | due | rule | rest".
 * A line without an arrow is a trap: it stays a title as it is.
 */

export interface Group {
  /** The reader's clock when they type, in the zone. */
  now: string;
  zone: string;
  lines: string;
}

export const GROUPS: Group[] = [
  {
    // A Thursday.
    now: '2026-11-26T10:30',
    zone: 'Europe/Berlin',
    lines: `
pay rent tomorrow 9am every month #home !high -> pay rent | 2026-11-27 09:00 | FREQ=MONTHLY | #home !high
call Grandma tomorrow -> call Grandma | 2026-11-27
call Grandma tmrw -> call Grandma | 2026-11-27
tomorrow call Grandma -> call Grandma | 2026-11-27
Buy milk today -> Buy milk | 2026-11-26
Film tonight -> Film | 2026-11-26 20:00
Yoga tomorrow morning -> Yoga | 2026-11-27 09:00
Yoga tomorrow evening 18:30 -> Yoga | 2026-11-27 18:30
Letters this afternoon -> Letters | 2026-11-26 15:00
Dentist friday -> Dentist | 2026-11-27
Dentist on Friday at 9 -> Dentist | 2026-11-27 09:00
Dentist friday 9.30am -> Dentist | 2026-11-27 09:30
Dentist this friday -> Dentist | 2026-11-27
Dentist next friday -> Dentist | 2026-12-04
Standup thursday -> Standup | 2026-12-03
Standup this thursday -> Standup | 2026-11-26
Standup next thursday -> Standup | 2026-12-03
Report by monday -> Report | 2026-11-30
Report due monday -> Report | 2026-11-30
Report due by mon -> Report | 2026-11-30
Call Bob sat -> Call Bob | 2026-11-28
sun 10am church -> church | 2026-11-29 10:00
Lunch wed with Bob
Lunch wed 12:30 with Bob -> Lunch with Bob | 2026-12-02 12:30
Sunday lunch with mum -> lunch with mum | 2026-11-29
Renew passport in 3 days -> Renew passport | 2026-11-29
Renew passport in three weeks -> Renew passport | 2026-12-17
Renew passport in a month -> Renew passport | 2026-12-26
Renew passport in 2 weeks' time -> Renew passport | 2026-12-10
Check the oven in 20 minutes -> Check the oven | 2026-11-26 10:50
Check the oven in half an hour -> Check the oven | 2026-11-26 11:00
Call back 3 days from now -> Call back | 2026-11-29
Plan holidays next week -> Plan holidays | 2026-11-30
plan next week tomorrow 9am -> plan next week | 2026-11-27 09:00
#work plan next week -> plan next week | | | #work
Team planning next week -> Team planning | 2026-11-30
Dentist sat -> Dentist | 2026-11-28
cat sat on friday -> cat sat | 2026-11-27
Plan holidays next month -> Plan holidays | 2026-12-01
Plan holidays next year -> Plan holidays | 2027-01-01
Clean windows this weekend -> Clean windows | 2026-11-28
Clean windows next weekend -> Clean windows | 2026-12-05
Invoices end of month -> Invoices | 2026-11-30
Invoices by the end of the month -> Invoices | 2026-11-30
Taxes end of year -> Taxes | 2026-12-31
Gift 24 Dec -> Gift | 2026-12-24
Gift Dec 24 -> Gift | 2026-12-24
Gift 24th of December -> Gift | 2026-12-24
Gift December 24th 2027 -> Gift | 2027-12-24
Gift on Fri, 18 Dec 2026 -> Gift | 2026-12-18
Party 20 Nov -> Party | 2027-11-20
Party Nov 20 -> Party | 2027-11-20
Leap day 29 Feb -> Leap day | 2028-02-29
Flight 2026-12-01 -> Flight | 2026-12-01
Flight 01/12/2026 -> Flight | 2026-12-01
Flight 1.12.2026 -> Flight | 2026-12-01
Meet Eve day after tomorrow -> Meet Eve | 2026-11-28
Rent due on the 30th -> Rent | 2026-11-30
Walk 5 May -> Walk | 2027-05-05
5 May lunch -> lunch | 2027-05-05
Call Eve 9am -> Call Eve | 2026-11-27 09:00
Call Eve 3pm -> Call Eve | 2026-11-26 15:00
Call Eve at 5 -> Call Eve | 2026-11-26 17:00
Call Eve at noon -> Call Eve | 2026-11-26 12:00
Call Eve tomorrow noon -> Call Eve | 2026-11-27 12:00
Call Eve 12am -> Call Eve | 2026-11-27 00:00
call Eve, tomorrow -> call Eve | 2026-11-27
Call Eve (about Friday) tomorrow -> Call Eve (about Friday) | 2026-11-27
Water plants every day -> Water plants | 2026-11-26 | FREQ=DAILY
Water plants daily -> Water plants | 2026-11-26 | FREQ=DAILY
Water plants every 3 days -> Water plants | 2026-11-26 | FREQ=DAILY;INTERVAL=3
Water plants every! 3 days -> Water plants | 2026-11-26 | FREQ=DAILY;INTERVAL=3 | completion
Water plants every 3 days after completion -> Water plants | 2026-11-26 | FREQ=DAILY;INTERVAL=3 | completion
Water plants every other day -> Water plants | 2026-11-26 | FREQ=DAILY;INTERVAL=2
Bins every tuesday -> Bins | 2026-12-01 | FREQ=WEEKLY;BYDAY=TU
every tuesday bins -> bins | 2026-12-01 | FREQ=WEEKLY;BYDAY=TU
Bins every thursday -> Bins | 2026-11-26 | FREQ=WEEKLY;BYDAY=TH
Bins every thursday 9am -> Bins | 2026-12-03 09:00 | FREQ=WEEKLY;BYDAY=TH
Gym every mon, wed and fri -> Gym | 2026-11-27 | FREQ=WEEKLY;BYDAY=MO,WE,FR
Gym every tuesday & saturday -> Gym | 2026-11-28 | FREQ=WEEKLY;BYDAY=TU,SA
Emails every weekday at 8 -> Emails | 2026-11-27 08:00 | FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR
Hike every weekend -> Hike | 2026-11-28 | FREQ=WEEKLY;BYDAY=SA,SU
Payroll every other friday -> Payroll | 2026-11-27 | FREQ=WEEKLY;INTERVAL=2;BYDAY=FR
Payroll every 2 weeks -> Payroll | 2026-11-26 | FREQ=WEEKLY;INTERVAL=2
Payroll every 2 weeks on monday -> Payroll | 2026-11-30 | FREQ=WEEKLY;INTERVAL=2;BYDAY=MO
Rent every 1st -> Rent | 2026-12-01 | FREQ=MONTHLY;BYMONTHDAY=1
Rent every 15th of the month -> Rent | 2026-12-15 | FREQ=MONTHLY;BYMONTHDAY=15
Rent every month on the 26th -> Rent | 2026-11-26 | FREQ=MONTHLY;BYMONTHDAY=26
Rent every last day of the month -> Rent | 2026-11-30 | FREQ=MONTHLY;BYMONTHDAY=-1
Club every 2nd Tuesday of the month -> Club | 2026-12-08 | FREQ=MONTHLY;BYDAY=2TU
Club every first monday -> Club | 2026-12-07 | FREQ=MONTHLY;BYDAY=1MO
Club every last friday -> Club | 2026-11-27 | FREQ=MONTHLY;BYDAY=-1FR
Birthday every 27 Nov -> Birthday | 2026-11-27 | FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=27
Birthday every March 3rd -> Birthday | 2027-03-03 | FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=3
Taxes yearly -> Taxes | 2026-11-26 | FREQ=YEARLY
Pills every day until 5 Dec -> Pills | 2026-11-26 | FREQ=DAILY;UNTIL=20261205
Pills every day for 10 times -> Pills | 2026-11-26 | FREQ=DAILY;COUNT=10
Course every monday starting 7 Dec -> Course | 2026-12-07 | FREQ=WEEKLY;BYDAY=MO
Buy oats #groceries -> Buy oats | | | #Groceries
Buy oats #a #b #a -> Buy oats | | | #a #b
Buy oats #new-tag, please -> Buy oats, please | | | #new-tag
Fix bike p1 -> Fix bike | | | !high
Fix bike !! -> Fix bike | | | !medium
Fix bike !!! -> Fix bike | | | !high
!low Fix bike -> Fix bike | | | !low
Fix bike p4 -> Fix bike | | | !none
Fix bike @work -> Fix bike | | | @Work
Fix bike /work -> Fix bike | | | @Work
Paint @home renovation 9am -> Paint | 2026-11-27 09:00 | | @Home renovation
Paint @home-renovation -> Paint | | | @Home renovation
tomorrow -> tomorrow | 2026-11-27
#home 9am -> #home 9am | 2026-11-27 09:00 | | #home
🎂 cake tomorrow 🎉 -> 🎂 cake 🎉 | 2026-11-27
להתקשר לאמא tomorrow #בית -> להתקשר לאמא | 2026-11-27 | | #בית
اتصل بأمي 9am -> اتصل بأمي | 2026-11-27 09:00
明日 買い物 friday -> 明日 買い物 | 2026-11-27
read "Every Monday Matters" tomorrow -> read "Every Monday Matters" | 2026-11-27
Pay $5 tomorrow -> Pay $5 | 2026-11-27
Renovation - 2nd floor
monitor
Buy a second monitor
Ask May about the garden
May comes for dinner
write the weekly report
Read the daily
Weekly review
Daily Mail subscription
Prepare monthly figures
31 Feb
Party on 31 Feb
Pay on 31 April
Pay $5
Lend Tom $5.30
Release v2.1
Update to 2.1.2026.1
Support 24/7
Mix 1/2 flour
Cut in ratio 16:9
Buy a 16:10 monitor
Call 555 1234
Call +49 30 1234567
Call 0171-12-05
Visit 5 May Street
Parcel to 12 March Road
Meet on the 2nd floor
Go to the 5th meeting
Call April
Ask June and August
Book for Mark
Fix sat nav
Buy sun cream
mon ami
Sit in the sun
second-hand books
Third party licence
https://example.org/tomorrow/9am#friday
Read www.monday.com/today
Write to friday@example.org
Write to me+today@example.org
see monday.com
Friday's minutes
Today's list
Plan tomorrow's talk
plan next week
Plan next month
review next year
cat sat
The cat sat
where we sat
Buy Friday-night tickets
Black Friday deals
Good Friday service
Sunday school
Read USA Today
Move it from friday to monday
Finish before friday
On leave until friday
News since monday
Issue #42
C# course
Write a # heading
PR #1234
Park in P1
wow!!
Attention !
Ask @anna
Edit /etc/hosts
Look at @worker
Read "tomorrow"
Read “every day” again
Thank everyone every so often
Not every day
Every little helps
everyday shoes
See John 3:16
Dinner at 5 guys
I may 5 times
March 5 miles
march 5 miles
High noon film
Size 9a
Room 9amber
Rotate 3 days
In 3 words
decide
marching band
sunlight
weddings
Order 12 eggs
Team A vs B at 100
ends at 25:00
Meeting 9-10am
between 9am and 10am
2 May or 3 May be enough
Ph.D. thesis
`,
  },
  {
    // New Year's Eve, a Thursday, in the east.
    now: '2026-12-31T23:30',
    zone: 'Pacific/Tongatapu',
    lines: `
Toast tomorrow -> Toast | 2027-01-01
Toast in 1 hour -> Toast | 2027-01-01 00:30
Toast 9am -> Toast | 2027-01-01 09:00
Taxes end of year -> Taxes | 2026-12-31
Taxes next year -> Taxes | 2027-01-01
Taxes next month -> Taxes | 2027-01-01
Rent every 31st -> Rent | 2026-12-31 | FREQ=MONTHLY;BYMONTHDAY=31
Walk thursday -> Walk | 2027-01-07
Walk 31 Dec -> Walk | 2026-12-31
Walk 30 Dec -> Walk | 2027-12-30
Gym every friday at 7 -> Gym | 2027-01-01 07:00 | FREQ=WEEKLY;BYDAY=FR
`,
  },
  {
    // The clocks go forward at 2:00 in this night.
    now: '2027-03-28T01:30',
    zone: 'Europe/Berlin',
    lines: `
Feed baby in 1 hour -> Feed baby | 2027-03-28 03:30
Feed baby tomorrow -> Feed baby | 2027-03-29
Feed baby in 1 day -> Feed baby | 2027-03-29
Feed baby sunday -> Feed baby | 2027-04-04
Feed baby every day 2:30 -> Feed baby | 2027-03-28 02:30 | FREQ=DAILY
`,
  },
  {
    // And back at 3:00 in this one.
    now: '2026-10-25T00:15',
    zone: 'Europe/Berlin',
    lines: `
Feed baby in 3 hours -> Feed baby | 2026-10-25 02:15
Feed baby tomorrow -> Feed baby | 2026-10-26
Feed baby in 2 days -> Feed baby | 2026-10-27
Feed baby next week -> Feed baby | 2026-10-26
Feed baby next sunday -> Feed baby | 2026-11-01
`,
  },
  {
    // Clocks went forward at midnight: this day began at 1:00.
    now: '2026-09-06T01:10',
    zone: 'America/Santiago',
    lines: `
Feed baby today -> Feed baby | 2026-09-06
Feed baby tomorrow -> Feed baby | 2026-09-07
Feed baby in a week -> Feed baby | 2026-09-13
Feed baby 0:30 -> Feed baby | 2026-09-07 00:30
`,
  },
  {
    now: '2028-02-28T08:00',
    zone: 'Pacific/Honolulu',
    lines: `
Call tomorrow -> Call | 2028-02-29
Call day after tomorrow -> Call | 2028-03-01
Call 29 Feb -> Call | 2028-02-29
Call every last day of the month -> Call | 2028-02-29 | FREQ=MONTHLY;BYMONTHDAY=-1
Call end of month -> Call | 2028-02-29
Call monday -> Call | 2028-03-06
Call every monday -> Call | 2028-02-28 | FREQ=WEEKLY;BYDAY=MO
`,
  },
];
