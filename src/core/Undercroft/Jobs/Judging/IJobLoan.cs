namespace Undercroft.Jobs;

/// <summary>A state that has things to use again, so that a run of the judge allocates little.</summary>
internal interface IJobLoan
{
    /// <summary>Gives a row that nobody uses any more; null where there is none.</summary>
    JobRow? TakeRow();

    /// <summary>Lends an empty list.</summary>
    List<JobRow> Borrow();

    /// <summary>Takes a list back.</summary>
    void Return(List<JobRow> rows);
}
