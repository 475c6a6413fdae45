"""What people say of what matters to them, by what it means; written before there were rules."""

MISSES = """
we must not miss a single case
catch every fraud, even if some good ones get flagged
better safe than sorry
rather one alarm too many than one too few
a missed tumour is far worse than a false alarm
don't let any defective part slip through
missing a sick patient would be a disaster
I'd rather check ten healthy machines than overlook a broken one
recall matters most
sensitivity is what counts
false negatives are expensive for us
it is critical that we find all of them
no fraud should go undetected
overlooking a churner costs us a customer, calling one for nothing costs a minute
false alarms are fine, misses are not
I don't care about false alarms, just find them all
don't worry about false positives
we can live with a few false positives
none of the bad ones may get past us
when in doubt, flag it
err on the side of caution
it should be sensitive: every failure we do not see coming stops the line
letting a bad loan through is much worse than turning down a good one
the worst thing is to say healthy when she is ill
wrongly clearing a patient is the worst mistake
I want to catch as many defaulters as possible
leave no stone unturned, I need all the spam gone
we can afford extra inspections but not an undetected leak
if it misses one, people can die
a false negative costs ten times as much as a false positive
avoid false negatives at all costs
don't overlook anyone at risk
make sure nobody at risk is missed
high recall please
better flag too much than too little
an undetected failure is very costly
over-warn rather than under-warn
it must find practically all the fraudulent claims
we cannot afford to miss any
I want as few missed cases as possible
unnecessary checks cost next to nothing, a missed breakdown costs a fortune
optimise for recall
"""

FALSE_ALARMS = """
don't bother customers needlessly
only flag when you are sure
precision matters most
false alarms are expensive
false positives are worse than false negatives
we must not accuse an innocent person
I'd rather miss one than accuse somebody wrongly
please no false alarms
too many false alarms and nobody will look at them any more
only raise an alarm when it is really certain
every false alarm means a technician drives out for nothing
never block a good customer
a good email in the spam folder is the worst that can happen
it's ok to miss a few, but what it flags must be right
legitimate mails must not end up in spam
don't cry wolf
keep false positives to a minimum
as few false alarms as possible
when it says fraud it had better be fraud
when in doubt, let it pass
when in doubt, leave them alone
our team can only handle real cases, don't waste their time on false leads
wrongly accusing a customer is a disaster
avoid false positives at all costs
a false positive costs us ten times what a miss costs
high precision please
I don't mind if some slip through, but no false accusations
misses are acceptable, false alarms are not
we can live with a few misses
unnecessary surgery must be avoided
flag only the clear cases
blocking a real customer costs far more than letting one fraudster through
optimise for precision
we don't want to annoy people with unneeded calls
I only want the ones you are absolutely certain about
be conservative with warnings
do not raise unnecessary alarms
turning away a good applicant is what hurts us most
sending a healthy patient to surgery would be terrible
each needless inspection costs us 500 euros
stop only machines that will surely fail, stopping a healthy one is very costly
I don't care about missing some, but never flag an honest person
"""

LOG_LOSS = """
I need probabilities
give me a probability for each customer
we want a risk score we can trust
well calibrated probabilities please
the percentages must be right: of those with 30 percent, 30 in 100 should leave
how likely is each of them to leave, in percent
I need the chance of default for every loan, as a number
calibration is important
output a likelihood per row
a risk score between 0 and 1 for each patient
with a probability for every class
not just yes or no, I want to know how sure it is
we multiply the probability by the amount to get the expected loss
I want trustworthy confidence values
the predicted chances should match reality
honest probabilities are what I need
tell me the odds for each match
as a percentage chance per customer
I need calibrated scores
use log loss
how confident it is matters to us
we set premiums by the predicted risk, so the probabilities have to be accurate
give each applicant a default probability
what is the chance that a patient comes back, for each patient
a number between 0 and 1 that says how likely it is
I want to see probability estimates
need good probability estimates rather than labels
each prediction should come with its probability
let me have the likelihood of churn for each account
proper risk estimates in percent for each driver
the model should know how sure it is
the probability itself is what we use
risk percentages, please
don't just give me classes, give me probabilities
we need the probability of failure per machine
scores should be real probabilities
estimated probability for every lead
we will choose the cut-off ourselves, so give probabilities
how certain is it about each one? that is what we need
I care about well-calibrated risk
"""

ROC_AUC = """
rank the customers by how likely they leave
I want to call the top 100
prioritise the leads
a call list for our sales team, the best first
sort them by risk
who should we call first
our team can only visit 50 of them, so put the likeliest on top
a ranking is enough
the order matters, not the exact number
we mail the best 10 percent
give me the 200 most likely buyers
put the riskiest first
a priority list of machines to inspect
order the claims from most to least suspicious
we only have budget to contact the top 5 %
lead scoring
which customers should we contact first
the most suspicious ones at the top
I need a ranked list
prioritize patients for follow-up
target the most promising prospects first
AUC please
sorted by how likely they are to buy
we work through the list from the top until we run out of time
pick the 50 accounts that are most likely to churn
a hit list for the retention team
triage the tickets by urgency, worst first
the top decile is what we use
I want the most promising leads on top
we can only audit 30 companies a year, which should they be
ranking quality is what matters
separate the good from the bad as well as possible at any threshold
an ordering of customers by risk
give the inspectors a worklist, most dangerous first
best prospects first
we phone the top of the list
shortlist the candidates most likely to accept
who are the 20 most likely to default
order them by priority
optimise the ranking
"""

MACRO_F1 = """
every class counts the same
rare classes matter just as much
the rare species are important to us too
all classes are equally important
don't ignore the small classes
the minority classes must be recognised as well
treat all categories equally
it should not only be good at the common ones
macro F1
each category weighs the same, however rare
don't just learn the big classes
the infrequent types matter
the rare ones are the ones we care about
equal weight for every class
it has to work for the rare labels as well
I want every category to be recognised well, also the small ones
balanced performance across classes
no class should be neglected
even the rarest class must be found
all the classes count equally
balanced accuracy
the small categories must not be forgotten
be fair to the rare classes
also good on underrepresented classes
class imbalance should not hurt the rare ones
each species is as important as the others
it must be good on every class, not just overall
performance on the minority class is important
average over the classes
I care about the rare diseases as much as the common ones
every type is equally important, no matter how often it occurs
don't let the majority class dominate
rare categories are what we need it for
weigh all classes equally
do well on all classes
the less common defects are just as important
unbalanced classes, but each of them counts
the few cases of type C are as important as the many of type A
all labels matter equally
uncommon classes should count as much as common ones
"""

ACCURACY = """
the share of right answers is what counts
how often is it right
I want as many correct answers as possible
accuracy please
percentage of correct predictions
as accurate as possible, I care about accuracy
just get as many right as you can
what matters is how many it gets right
optimise accuracy
number of correct classifications
the fraction classified correctly
the fewest mistakes overall
the hit rate is what I report
all mistakes are equally bad
every mistake costs the same
as few errors as possible in total
proportion of correct labels
we are paid by the number of correct answers
both kinds of mistakes are equally bad
a mistake is a mistake, no matter which
the overall error rate should be low
percent correct
it should be right as often as possible
maximise the number of correct predictions
I am judged on accuracy
minimise the misclassification rate
how many percent does it get right
share of correct decisions
the score is the share of correctly labelled rows
as many hits as possible out of a hundred
lowest error rate
best accuracy
the metric is accuracy
mistakes in either direction cost the same
be right most of the time
total number of mistakes must be small
how many of 100 does it get right
accuracy is key
correct answers in percent
misclassify as few as possible
"""

RMSE = """
big mistakes hurt most
large errors are especially bad
one big miss is worse than many small ones
avoid big errors
being far off is what costs us
we must never be way off
penalise large errors
outliers in the error are a problem, it must not be wildly wrong
small errors don't matter, big ones do
small deviations are fine, but huge misses are not
a large mistake costs disproportionately more
the squared error counts
root mean squared error
RMSE please
if it is off by a lot we lose money
I can live with small errors but not with large ones
no huge blunders
twice the error is four times the damage
don't be far off on any of them
the worst errors are the ones that matter
extreme errors are very expensive
minimise squared error
gross errors must be avoided
big outages happen when the forecast is way off
it's the big mistakes that kill us
never off by a mile
large deviations are punished heavily
it should not be badly wrong on a single house
little slips are okay, disasters are not
avoid extreme misses
being hugely wrong is a catastrophe
large misses are costly
mean squared error
errors should be punished quadratically
we want to avoid large surprises
a few big errors would ruin us
no big misses
wildly wrong predictions must not happen
heavy penalty for large errors
big errors are much worse than small ones
"""

MAE = """
how far off is it on average
the typical error is what counts
on average off by how many dollars
the average error in euros
robust to outliers
a few odd values should not dominate
mean absolute error
MAE please
outliers should not matter too much
I want to know the typical deviation
being off by 2 is twice as bad as being off by 1
the average deviation
by how much is it wrong on average
the median error matters
don't let outliers dominate
ignore the occasional extreme
how many minutes is it usually off
every dollar off costs the same
cost grows in proportion to the error
average absolute difference
absolute error
we pay 1 euro for each unit we are off
a typical house should be right, mansions don't matter
don't be thrown off by a few crazy values
on average within how many kg
usual error size
what is the error of a normal day
the mean deviation should be small
off by as little as possible on average
outlier-resistant please
not sensitive to outliers
some readings are wild, they shouldn't drive the model
typical miss in days
average distance between prediction and truth
minimise the average error
be close on the typical case
how many points is the guess off usually
small average error
each unit of error costs us the same
mostly right within a few units
"""

R2 = """
explain how much of the variation
how much of the variance is explained
R squared
r2 please
I want the explained variance
what share of the differences can it explain
how much do these factors explain
the coefficient of determination
how well do the inputs explain the yield
explained share of variation
what percentage of the variation in price does it explain
R^2
report the R²
how much of the price differences do rooms and size account for
how much of it can be explained at all
share of variance explained
goodness of fit, R2
explain as much variance as possible
what part of the fluctuation can be explained
how much of the ups and downs does the model explain
"""

MASE = """
MASE
compared with the naive forecast
better than just repeating last year
scaled by the naive error
mean absolute scaled error
how much better than simply taking last week's value
it must beat the naive forecast
relative to a naive forecast
error compared with the seasonal naive
as a multiple of the naive error
"""

SMAPE = """
sMAPE
symmetric percentage error
the error in percent
by how many percent are we off
percentage error matters
relative error, not absolute
off by at most 5 percent
errors in percent of the demand
symmetric mape
ten percent off is ten percent off, big or small series
"""

NOTHING = """
who will leave us?
predict whether a customer churns
will it rain tomorrow
flag fraud
detect spam
which patients have diabetes
predict the price
how much is a house worth
estimate fuel consumption
forecast the next 12 months
sort my mail
which species is it
group these customers
is this loan going to default
predict if a machine fails
how many visitors will come
predict house prices from rooms and area
tell me the sentiment of reviews
classify the tickets by department
predict the score of a match
what will sales be next week
which flights are late
the priority of a ticket
the risk class of the applicant
predict the alarm type
train a model on this
predict false alarms of the fire system
predict whether a call was missed
the probability column is the target
predict the rank of a player
predict customer lifetime value
what is the chance of rain
how likely is it to snow
top speed of a car
which order was returned
average price per region
will the patient miss the appointment
who misses their appointment
the class column has 5 values
rare diseases: which one is it
tell good wine from bad
estimate the number of errors in a build
predict how far off the delivery date is
the number of correct answers in the exam
predict the error rate of the line
"""
