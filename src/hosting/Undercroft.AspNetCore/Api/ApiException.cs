namespace Undercroft.AspNetCore.Api;

/// <summary>A call is answered with a problem.</summary>
internal sealed class ApiException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}
