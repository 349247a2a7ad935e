namespace Undercroft;

/// <summary>What one kind of operation came to.</summary>
/// <param name="Count">How many succeeded.</param>
/// <param name="Failures">How many failed.</param>
/// <param name="Documents">How many documents were found, written or deleted.</param>
/// <param name="Mean">The mean duration of those that succeeded.</param>
/// <param name="Median">Half were at most this long, to within a factor of two.</param>
/// <param name="NinetyNinth">Of a hundred, ninety-nine were at most this long, to within a factor of two.</param>
public sealed record OperationStatistics(
    long Count, long Failures, long Documents, TimeSpan Mean, TimeSpan Median, TimeSpan NinetyNinth);
