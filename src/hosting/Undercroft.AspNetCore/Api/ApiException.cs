using System.Diagnostics.CodeAnalysis;

namespace Undercroft.AspNetCore.Api;

/// <summary>A call is answered with a problem.</summary>
[SuppressMessage("Design", "CA1064", Justification = "The endpoint turns it into an answer.")]
internal sealed class ApiException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}
